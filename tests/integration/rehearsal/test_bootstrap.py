"""The bucket for Pulumi's state, on the emulator: made once, mended when made again, never another account's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from runbook_lib.aws import Aws, Target
from runbook_lib.bootstrap import state_bucket
from runbook_lib.errors import UsageError
from runbook_lib.rehearsal.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with Emulator.start(tmp_path_factory.mktemp("state") / "log", region="eu-central-1") as emulator:
        yield Aws(Target(region="eu-central-1", endpoint=emulator.endpoint))


def settings_of(s3: Any, name: str) -> tuple[Any, ...]:
    rule = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    return (
        s3.get_bucket_versioning(Bucket=name)["Status"],
        rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        set(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values()),
        [each["Sid"] for each in json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]],
        s3.get_bucket_location(Bucket=name)["LocationConstraint"],
    )


def test_it_is_made_once_and_mended_when_made_again(aws: Aws) -> None:
    s3, caller = aws.client("s3"), aws.identity()
    assert state_bucket(aws, "pulumi-state", caller) is True
    made = settings_of(s3, "pulumi-state")
    assert made == ("Enabled", "aws:kms", {True}, ["TlsOnly"], "eu-central-1")
    s3.put_object(Bucket="pulumi-state", Key="state", Body=b"precious")
    s3.put_bucket_versioning(Bucket="pulumi-state", VersioningConfiguration={"Status": "Suspended"})
    own = {"Sid": "Own", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::pulumi-state"}
    s3.put_bucket_policy(Bucket="pulumi-state", Policy=json.dumps({"Version": "2012-10-17", "Statement": own}))
    assert state_bucket(aws, "pulumi-state", caller) is False
    assert settings_of(s3, "pulumi-state") == (*made[:3], ["Own", "TlsOnly"], *made[4:])
    assert s3.get_object(Bucket="pulumi-state", Key="state")["Body"].read() == b"precious"


def test_another_account_s_is_refused_and_left(aws: Aws) -> None:
    theirs = boto3.client(
        "s3",
        endpoint_url=aws.target.endpoint,
        region_name="eu-central-1",
        aws_access_key_id="111122223333",
        aws_secret_access_key="test",
    )
    theirs.create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with pytest.raises(UsageError, match="taken is there, and not of account 000000000000"):
        state_bucket(aws, "taken", aws.identity())
    assert "Status" not in theirs.get_bucket_versioning(Bucket="taken")
