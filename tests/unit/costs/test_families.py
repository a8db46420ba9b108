"""What the families of services are charged for: literal sums by hand, and what holds for every rule."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from unit.costs import sdk
from unit.costs.planned import TODAY, UNKNOWN, Planned, make, price

from runbook_lib.costs import prices
from runbook_lib.costs.items import Fixed, Gap, Inputs, Usage
from runbook_lib.costs.rules import RULES

INDEXES = [{"readCapacity": 5, "writeCapacity": 5}, {"readCapacity": 5, "writeCapacity": 5}]
SEARCH = {"instanceType": "c4.2xlarge.search", "instanceCount": 3}
DISK = {"ebsEnabled": True, "volumeType": "gp2", "volumeSize": 100}
ROOT = {"volumeSize": 30, "volumeType": "gp3"}


@pytest.mark.parametrize(
    ("resource", "key", "monthly"),
    [
        # 10 + 2 x 5 units, 0.00065 an hour
        (make("dynamodb/table:Table", writeCapacity=10, readCapacity=1, globalSecondaryIndexes=INDEXES), "dynamodb.wcu", "9.49"),
        (make("elasticache/cluster:Cluster", engine="memcached", nodeType="cache.m4.large", numCacheNodes=2),
         "elasticache.memcached.cache.m4.large", "227.76"),
        # 4 shards of a primary and 3 replicas: 16 nodes at 0.156
        (make("elasticache/replicationGroup:ReplicationGroup", engine="redis", nodeType="cache.m4.large", numNodeGroups=4,
              replicasPerNodeGroup=3), "elasticache.redis.cache.m4.large", "1822.08"),
        (make("opensearch/domain:Domain", clusterConfig=SEARCH, ebsOptions=DISK), "opensearch.node.c4.2xlarge.search", "1285.53"),
        (make("opensearch/domain:Domain", clusterConfig=SEARCH, ebsOptions=DISK), "opensearch.storage.gp2", "40.50"),
        (make("redshift/cluster:Cluster", nodeType="dc2.large", numberOfNodes=4), "redshift.node.dc2.large", "730.00"),
        (make("docdb/clusterInstance:ClusterInstance", instanceClass="db.t3.medium"), "docdb.node.db.t3.medium", "56.94"),
        (make("ec2/instance:Instance", instanceType="t3.medium", rootBlockDevice=ROOT), "ec2.linux.t3.medium", "30.368"),
        (make("ec2/instance:Instance", instanceType="t3.medium", rootBlockDevice=ROOT), "ebs.gp3", "2.40"),
        (make("ec2/instance:Instance", instanceType="t3.medium", monitoring=True), "cw.metric", "2.10"),
        (make("ebs/volume:Volume", type="io1", size=30, iops=300), "ebs.io1.iops", "19.50"),
        (make("eks/cluster:Cluster"), "eks.cluster", "73.00"),
        (make("eks/nodeGroup:NodeGroup", instanceTypes=["m5.large"], scalingConfig={"desiredSize": 3}),
         "ec2.linux.m5.large", "210.24"),
        (make("eks/nodeGroup:NodeGroup", scalingConfig={"desiredSize": 3}), "ebs.gp2", "6.00"),
        (make("kinesis/stream:Stream", shardCount=4), "kinesis.shard.hour", "43.80"),
        (make("kinesis/stream:Stream", streamModeDetails={"streamMode": "ON_DEMAND"}), "kinesis.stream.hour", "29.20"),
        (make("mq/broker:Broker", engineType="RabbitMQ", hostInstanceType="mq.m5.xlarge", deploymentMode="CLUSTER_MULTI_AZ"),
         "mq.rabbitmq.mq.m5.xlarge.single", "1261.44"),
        (make("msk/cluster:Cluster", numberOfBrokerNodes=2, brokerNodeGroupInfo={"instanceType": "kafka.t3.small"}),
         "msk.broker.kafka.t3.small", "66.576"),
        (make("wafv2/webAcl:WebAcl", rules=[{"statement": {}}] * 3), "waf.rule", "3.00"),
        (make("route53/zone:Zone"), "r53.zone", "0.50"),
        (make("route53/healthCheck:HealthCheck", type="HTTPS_STR_MATCH", requestInterval=10), "r53.check.feature", "6.00"),
        (make("route53/resolverEndpoint:ResolverEndpoint", ipAddresses=[{}, {}]), "r53.resolver.hour", "182.50"),
        (make("acmpca/certificateAuthority:CertificateAuthority"), "acmpca.general", "400"),
        (make("efs/fileSystem:FileSystem", throughputMode="provisioned", provisionedThroughputInMibps=10),
         "efs.throughput", "60.00"),
        (make("ec2transitgateway/vpcAttachment:VpcAttachment"), "tgw.attachment", "36.50"),
        (make("networkfirewall/firewall:Firewall", subnetMappings=[{}, {}]), "nfw.hour", "576.70"),
        (make("elb/loadBalancer:LoadBalancer", internal=True), "clb.hour", "18.25"),
        (make("transfer/server:Server", protocols=["SFTP", "FTPS"]), "transfer.hour", "438.00"),
        (make("mwaa/environment:Environment"), "mwaa.mw1.small", "357.70"),
        (make("cloudhsmv2/hsm:Hsm"), "cloudhsm.hour", "1168.00"),
    ],
)  # fmt: skip
def test_it_costs_what_it_costs_by_hand(resource: Planned, key: str, monthly: str) -> None:
    assert {line.key: line.monthly for line in price(resource).lines}[key] == Decimal(monthly)


@pytest.mark.parametrize(
    ("resource", "keys"),
    [
        (make("sqs/queue:Queue", fifoQueue=True), {"sqs.fifo"}),
        (make("sqs/queue:Queue"), {"sqs.standard"}),
        (make("sfn/stateMachine:StateMachine"), {"sfn.transition"}),
        (make("sfn/stateMachine:StateMachine", type="EXPRESS"), {"sfn.express.request", "sfn.express.gbh"}),
        (make("apigatewayv2/api:Api", protocolType="WEBSOCKET"), {"apigw.ws.message", "apigw.ws.minute", "dt.internet"}),
        (make("apigatewayv2/api:Api", protocolType="HTTP"), {"apigw.http", "dt.internet"}),
        (make("ecr/repository:Repository"), {"ecr.storage"}),
        (make("cloudtrail/trail:Trail"), {"cloudtrail.management"}),
        (make("cloudtrail/trail:Trail", advancedEventSelectors=[{}]), {"cloudtrail.management", "cloudtrail.data"}),
        (make("eks/fargateProfile:FargateProfile"), {"fargate.vcpu", "fargate.gb"}),
        (make("rds/cluster:Cluster", engine="aurora-postgresql", storageType="aurora-iopt1"), {"aurora.backup"}),
        (make("dynamodb/table:Table", billingMode="PAY_PER_REQUEST"), {"dynamodb.write", "dynamodb.read", "dynamodb.storage"}),
    ],
)
def test_it_is_charged_for_its_use(resource: Planned, keys: set[str]) -> None:
    assert {line.key for line in price(resource).lines} == keys


@pytest.mark.parametrize("token", sorted(RULES))
def test_no_rule_is_silent(token: str) -> None:
    """Without inputs and with none known: something is charged, named, or free by the table; and no line is 0."""
    for inputs in ({}, dict.fromkeys(sdk.inputs(sdk.arguments(token)), UNKNOWN)):
        estimate = price(Planned(token, "x", inputs=inputs))
        assert estimate.lines or estimate.unpriced or estimate.free
        assert all(line.unit_price > 0 and line.monthly != 0 for line in estimate.lines)
        assert not any(entry.reason == "no price rule for this type" for entry in estimate.unpriced)


def test_a_switch_that_is_not_known_yet_is_not_off() -> None:
    estimate = price(make("docdb/clusterInstance:ClusterInstance", instanceClass="db.t3.medium"))
    assert estimate.complete
    unknown = price(make("neptune/clusterInstance:ClusterInstance", instanceClass="db.t3.medium", publiclyAccessible=UNKNOWN))
    assert "property publiclyAccessible" in {entry.what for entry in unknown.unpriced}


def test_sixty_types_have_prices() -> None:
    """Types that are charged by a price key, with nothing but their defaults; and how many of those keys are shipped."""
    shipped = prices.shipped("us-east-1").rates
    by_key = {
        token: {item.key for item in rule(Inputs({}, TODAY)) if isinstance(item, Fixed | Usage)} for token, rule in RULES.items()
    }
    assert sum(bool(keys) for keys in by_key.values()) > 90
    assert sum(bool(keys & set(shipped)) for keys in by_key.values()) >= 60


def test_reasons_are_told_in_words() -> None:
    """A gap says what and why; neither is empty nor holds a name that nobody filled in."""
    for token, rule in RULES.items():
        for item in rule(Inputs({}, TODAY)):
            if isinstance(item, Gap):
                assert item.what.strip(), token
                assert not re.search(r"\bNone\b|\{\}", item.what + item.reason), token
