"""What reading the rules beside infracost's brought to light: each charge was overlooked, or asked for under a wrong key."""

from __future__ import annotations

from decimal import Decimal

import pytest
from unit.costs.planned import TODAY, Planned, database, make, price

from runbook_lib.costs.items import Fixed, Inputs
from runbook_lib.costs.rules import RULES

TASKS = {"launchType": "FARGATE", "desiredCount": 3}
IO2 = {"type": "io2", "size": 100}
NODES = {"scalingConfig": {"desiredSize": 2}}


@pytest.mark.parametrize(
    ("resource", "key", "monthly"),
    [
        # The class is dms.t2.micro, the price list's instance a t2.micro; Multi-AZ has a rate of its own.
        (make("dms/replicationInstance:ReplicationInstance", replicationInstanceClass="dms.t2.micro"),
         "dms.t2.micro.single", "13.14"),
        (make("dms/replicationInstance:ReplicationInstance", replicationInstanceClass="dms.t2.micro", multiAz=True),
         "dms.t2.micro.multi", "26.28"),
        # The bandwidth is 1Gbps, the price list's capacity 1G.
        (make("directconnect/connection:Connection", bandwidth="1Gbps"), "dx.port.1G", "219.00"),
        (database(storageType="io1", allocatedStorage=100, iops=1200, multiAz=False), "rds.storage.io1.single", "12.50"),
        (database(storageType="io1", allocatedStorage=100, iops=1200, multiAz=False), "rds.io1.iops.single", "120.00"),
        # iops without a storage type makes it io1
        (database(storageType=None, allocatedStorage=100, iops=1200, multiAz=False), "rds.io1.iops.single", "120.00"),
        (make("ecs/service:Service", networkConfiguration={"assignPublicIp": True}, **TASKS), "ipv4.inuse", "10.95"),
        (make("ec2/trafficMirrorSession:TrafficMirrorSession"), "mirror.hour", "10.95"),
    ],
)  # fmt: skip
def test_it_costs_what_infracost_s_recorded_figures_say(resource: Planned, key: str, monthly: str) -> None:
    assert {line.key: line.monthly for line in price(resource).lines}[key] == Decimal(monthly)


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        (make("eks/nodeGroup:NodeGroup", **NODES), "ec2.cpucredits"),  # t3.medium where nothing is said
        (make("eks/nodeGroup:NodeGroup", instanceTypes=["t4g.large"], launchTemplate={"id": "x"}, **NODES), "ec2.cpucredits"),
        (make("grafana/workspace:Workspace"), "grafana.viewer"),
        (make("mq/broker:Broker", engineType="RabbitMQ", hostInstanceType="mq.m5.xlarge"), "mq.storage.rabbitmq"),
        (make("mq/broker:Broker", engineType="ActiveMQ", hostInstanceType="mq.m5.large"), "mq.storage.efs"),
    ],
)
def test_its_use_is_charged(resource: Planned, key: str) -> None:
    assert key in {line.key for line in price(resource).lines}


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        (make("eks/nodeGroup:NodeGroup", instanceTypes=["m5.large"], **NODES), "ec2.cpucredits"),
        (make("eks/nodeGroup:NodeGroup", launchTemplate={"id": "x"}, **NODES), "ec2.cpucredits"),
        (make("ecs/service:Service", networkConfiguration={"assignPublicIp": False}, **TASKS), "ipv4.inuse"),
        (make("ec2/instance:Instance", instanceType="t3.medium", rootBlockDevice={"volumeSize": 30}), "ebs.gp2"),
    ],
)
def test_what_is_not_there_or_not_known_is_not_charged(resource: Planned, key: str) -> None:
    assert key not in {line.key for line in price(resource).lines}


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        (database(storageType="standard"), "requests of magnetic storage"),
        (database(storageType="io2", iops=3000), "io2 IOPS, Multi-AZ"),
        (make("eks/nodeGroup:NodeGroup", **NODES), "nodes' public IPv4 addresses"),
        (make("docdb/cluster:Cluster", storageType="iopt1"), "DocumentDB instances of an I/O-Optimized cluster"),
        (make("neptune/cluster:Cluster", storageType="iopt1"), "Neptune instances of an I/O-Optimized cluster"),
        (make("redshift/cluster:Cluster", nodeType="dc2.large"), "queries over S3 and concurrency scaling"),
        (make("opensearch/domain:Domain", clusterConfig={"warmEnabled": True, "warmCount": 2}), "search warm storage"),
        (make("transfer/server:Server", protocols=["AS2"]), "AS2 messages"),
        (
            make("cloudfront/distribution:Distribution", priceClass="PriceClass_100"),
            "what CloudFront sends to origins, and invalidations after the first 1,000",
        ),
        (make("ec2/instance:Instance", instanceType="t3.medium", rootBlockDevice={"volumeSize": 30}), "root volume"),
        (make("ebs/volume:Volume", iops=40000, **IO2), "volume, io2 IOPS above 32000"),
    ],
)
def test_it_is_named_as_not_priced(resource: Planned, named: str) -> None:
    assert named in {entry.what for entry in price(resource).unpriced}


def test_a_server_of_another_protocol_has_no_messages() -> None:
    assert price(make("transfer/server:Server", protocols=["SFTP"])).complete


@pytest.mark.parametrize(("iops", "asked"), [(3000, 3000), (40000, 32000)])
def test_the_first_tier_of_io2_is_not_taken_for_all(iops: int, asked: int) -> None:
    """Beyond 32,000 an IOPS is cheaper: the rate of the first tier would be too much."""
    items = RULES["aws:ebs/volume:Volume"](Inputs({"iops": iops, **IO2}, TODAY))
    assert {item.quantity for item in items if isinstance(item, Fixed) and item.key == "ebs.io2.iops"} == {Decimal(asked)}


@pytest.mark.parametrize(("count", "what"), [(None, "public IPv4 address, per task"), (0, None)])
def test_tasks_that_nobody_counted_are_not_one(count: int | None, what: str | None) -> None:
    """A service without a count has none, or as many as there are instances for its daemon."""
    service = make("ecs/service:Service", launchType="FARGATE", desiredCount=count, networkConfiguration={"assignPublicIp": True})
    estimate = price(service)
    assert (estimate.lines, "1 tasks" in {entry.what for entry in estimate.unpriced}) == ((), False)
    assert what is None or what in {entry.what for entry in estimate.unpriced}
