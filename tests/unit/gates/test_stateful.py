"""What a plan may not lose unless its operator says so: by what the SDK knows of each type."""

from __future__ import annotations

import re
from pathlib import Path

import pulumi_aws
import pytest
from unit.gates.healthy_plan import operation, with_operation
from unit.gates.test_gates import failed

from runbook_lib.documented import holding
from runbook_lib.gates.deletions_within_limit import stateful
from runbook_lib.gates.sdk import resource_class

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


@pytest.mark.parametrize("token", sorted(holding()))
def test_a_type_in_the_table_is_one_of_the_sdk(token: str) -> None:
    """A misspelt one would never be found in a plan."""
    assert resource_class(token)


DATA_WORDS = re.compile(r":\w*(?:Bucket|Database|FileSystem|Snapshot|Ledger|Vault|Repository|Volume)$")
NO_HOLDER = {
    "aws:datasync/fsxOpenZfsFileSystem:FsxOpenZfsFileSystem": "a way to a file system",
    "aws:datasync/locationFsxOntapFileSystem:LocationFsxOntapFileSystem": "a way to a file system",
    "aws:kinesisanalyticsv2/applicationSnapshot:ApplicationSnapshot": "where an application was in its streams",
    "aws:sagemaker/codeRepository:CodeRepository": "a way to a repository",
}


def test_every_type_that_is_called_after_what_it_holds_is_counted() -> None:
    """A release of the SDK brings new ones."""
    named = {token for token in _tokens() if DATA_WORDS.search(token)}
    assert len(named) > 40
    assert {token for token in named if not stateful(token)} == NO_HOLDER.keys()


def _tokens() -> set[str]:
    """Every resource type of the SDK, as the files of its services say."""
    files = Path(pulumi_aws.__file__).parent.glob("*/*.py")
    made = re.compile(r"super\(\w+, __self__\)\.__init__\(\s*'(aws:[^']+)'")
    return {token for file in files if not file.name.startswith("get_") for token in made.findall(file.read_text("utf-8"))}
