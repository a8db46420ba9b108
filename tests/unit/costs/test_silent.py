"""What used to cost in silence: each is priced by hand here, or named as not priced."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from unit.costs.planned import UNKNOWN, Planned, database, make, price

from runbook_lib import costs

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
BAND = {"expression": "ANOMALY_DETECTION_BAND(m1, 2)"}
METRIC = {"metric": {"period": 60}}


def gaps(estimate: costs.Estimate) -> set[str]:
    return {entry.what for entry in estimate.unpriced}


@pytest.mark.parametrize(
    ("resource", "monthly"),
    [
        (make("secretsmanager/secret:Secret", replicas=[{"region": "eu-west-1"}, {"region": "us-west-2"}]), "1.20"),
        (make("secretsmanager/secret:Secret"), "0.40"),
        (make(ALARM, metricQueries=[METRIC, BAND], thresholdMetricId="e1"), "0.30"),
        (make(ALARM, metricQueries=[{"metric": {"period": 10}}, BAND], thresholdMetricId="e1"), "0.90"),
        (make(ALARM, metricQueries=[METRIC, METRIC, {"expression": "m1 / m2"}]), "0.20"),
        (make("kms/replicaKey:ReplicaKey"), "1.00"),
        (make("ec2/natGateway:NatGateway", availabilityMode="regional", availabilityZoneAddresses=[{}, {}]), "65.70"),
        (make("ebs/volume:Volume", type="gp3", size=100, iops=4000), "13.00"),
        (make("ssm/parameter:Parameter", tier="Standard"), "0"),
    ],
)
def test_it_is_priced(resource: Planned, monthly: str) -> None:
    """A secret and its two replicas are three at 0.40; a band looks at three metrics; gp3: 100 x 0.08 and 1,000 x 0.005."""
    estimate = price(resource)
    assert (estimate.fixed, gaps(estimate)) == (Decimal(monthly), set())


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        (database(dedicatedLogVolume=True), "dedicated log volume"),
        (database(databaseInsightsMode="advanced"), "Database Insights, advanced"),
        (database(performanceInsightsRetentionPeriod=731), "Performance Insights"),
        (database(storageThroughput=1000), "gp3 throughput"),
        (database(publiclyAccessible=True), "public IPv4 address"),
        (database(blueGreenUpdate={"enabled": True}), "the second instance while a blue/green update runs"),
        (
            make("lambda/eventSourceMapping:EventSourceMapping", provisionedPollerConfig={"minimumPollers": 2}),
            "provisioned pollers",
        ),
        (make("lambda/function:Function", ephemeralStorage={"size": 1024}), "function's disk"),
        (make("lambda/function:Function", snapStart={"applyOn": "PublishedVersions"}), "SnapStart"),
        (
            make("lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", provisionedConcurrentExecutions=3),
            "3 environments kept ready",
        ),
        (make("cloudwatch/logGroup:LogGroup", logGroupClass="DELIVERY"), "log data ingested"),
        (make("cloudwatch/logGroup:LogGroup", logGroupClass="INFREQUENT_ACCESS"), "log data ingested, infrequent access"),
        (make(ALARM, metricQueries=[{"expression": 'SELECT AVG(CPU) FROM "AWS/EC2"'}]), "alarm on a query"),
        (make(ALARM, evaluationCriteria={"promqlCriteria": {"query": "up"}}, period=60), "alarm on PromQL"),
        (make("s3/bucket:Bucket", accelerationStatus="Enabled"), "transfer acceleration"),
        (make("s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration", status="Enabled"), "transfer acceleration"),
        (make("s3/bucketReplicationConfig:BucketReplicationConfig", rules=[{}]), "replication"),
        (
            make("s3/bucket:Bucket", lifecycleRules=[{"transitions": [{"storageClass": "DEEP_ARCHIVE"}]}]),
            "storage class DEEP_ARCHIVE",
        ),
        (make("kms/key:Key", customerMasterKeySpec="RSA_4096"), "requests to an asymmetric or HMAC key"),
        (make("ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Resource", resourceConfigurationArn="x"), "Resource endpoint"),
        (make("sns/topic:Topic", fifoTopic=True), "FIFO topic"),
        (
            make("lb/loadBalancer:LoadBalancer", internal=True, minimumLoadBalancerCapacity={"capacityUnits": 9}),
            "reserved capacity units",
        ),
        (make("cognito/userPoolClient:UserPoolClient", allowedOauthFlows=["client_credentials"]), "machine client"),
        (make("dynamodb/table:Table", billingMode="PAY_PER_REQUEST", replicas=[{"regionName": "eu-west-1"}]), "replicas: 1"),
        (make("secretsmanager/secret:Secret", replicas=UNKNOWN), "secret"),
        (make("ssm/parameter:Parameter", tier="Intelligent-Tiering"), "parameter"),
    ],
)
def test_it_is_named_as_not_priced(resource: Planned, named: str) -> None:
    estimate = price(resource)
    assert not estimate.complete
    assert named in gaps(estimate)


@pytest.mark.parametrize(
    ("token", "off"),
    [
        ("rds/instance:Instance", {"dedicatedLogVolume": False, "blueGreenUpdate": {"enabled": False}}),
        ("rds/instance:Instance", {"databaseInsightsMode": "standard", "performanceInsightsRetentionPeriod": 7}),
        ("lambda/eventSourceMapping:EventSourceMapping", {"eventSourceArn": "x", "batchSize": 10}),
        ("s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration", {"status": "Suspended"}),
        ("cognito/userPoolClient:UserPoolClient", {"allowedOauthFlows": ["code"]}),
    ],
)
def test_what_is_off_leaves_nothing_open(token: str, off: dict[str, Any]) -> None:
    given = database(**off) if token.startswith("rds/") else make(token, **off)
    assert price(given).complete


def test_every_metric_of_a_band_counts() -> None:
    """Two metrics and the two limits of their band."""
    estimate = price(make(ALARM, metricQueries=[METRIC, METRIC, BAND]))
    assert estimate.fixed == Decimal("0.40")
