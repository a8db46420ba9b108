"""What a plan may not lose unless its operator says so: by what the SDK knows of each type."""

from __future__ import annotations

import pytest
from unit.gates.healthy_plan import operation, with_operation
from unit.gates.test_gates import failed

DATA = (
    "aws:dynamodb/table:Table", "aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem", "aws:elasticache/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup", "aws:kinesis/stream:Stream", "aws:opensearch/domain:Domain",
    "aws:rds/cluster:Cluster", "aws:redshift/cluster:Cluster", "aws:s3/directoryBucket:DirectoryBucket", "aws:sqs/queue:Queue",
    "aws:msk/cluster:Cluster", "aws:memorydb/cluster:Cluster", "aws:cognito/userPool:UserPool", "aws:ecr/repository:Repository",
    "aws:backup/vault:Vault", "aws:fsx/lustreFileSystem:LustreFileSystem", "aws:docdb/cluster:Cluster",
)  # fmt: skip
NO_DATA = (
    "aws:lambda/function:Function", "aws:iam/role:Role", "aws:sns/topic:Topic", "aws:lb/loadBalancer:LoadBalancer",
    "aws:ec2/securityGroup:SecurityGroup", "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:apigateway/restApi:RestApi",
    "aws:cloudwatch/eventRule:EventRule", "aws:ec2/natGateway:NatGateway",
)  # fmt: skip


@pytest.mark.parametrize("token", DATA)
def test_what_holds_data_is_counted_whatever_its_type(token: str) -> None:
    """By what the SDK's class has properties for, or by name; a type that nobody knows is taken for one of these."""
    for op in ("delete", "replace"):
        lost = operation(token, "kept-staging-demo", {}, op=op)
        assert "deletions_within_limit" in failed(with_operation(lost))
    assert "deletions_within_limit" in failed(with_operation(operation("aws:s3/nonsense:Nonsense", "n", {}, op="delete")))


@pytest.mark.parametrize("token", NO_DATA)
def test_what_holds_no_data_may_be_replaced(token: str) -> None:
    assert "deletions_within_limit" not in failed(with_operation(operation(token, "x-staging-demo", {}, op="replace")))
