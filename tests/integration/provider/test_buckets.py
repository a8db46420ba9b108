"""Buckets go with all their versions if asked to, and not otherwise; and what is changed by hand is seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from integration.provider.documents import role

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle

if TYPE_CHECKING:
    from integration.provider.harness import Make, Properties

    from runbook_lib.rehearsal.provider.session import Session

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


@pytest.fixture
def versioned(make: Make) -> Properties:
    bucket = make(BUCKET, forceDestroy=True)
    make(VERSIONING, bucket=bucket["bucket"], versioningConfiguration={"status": "Enabled"})
    return bucket


def fill(aws: Session, bucket: str) -> None:
    """Two versions and a delete marker."""
    s3 = aws.client("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="decision", Body=body)
    s3.delete_object(Bucket=bucket, Key="decision")


def test_force_destroy_takes_versions_and_markers_along(aws: Session, versioned: Properties) -> None:
    fill(aws, versioned["bucket"])
    Lifecycle(BUCKET, aws).delete(versioned["id"], versioned)
    assert versioned["bucket"] not in {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]}


def test_without_it_a_full_bucket_stays(aws: Session, versioned: Properties) -> None:
    fill(aws, versioned["bucket"])
    with pytest.raises(ProviderError, match="BucketNotEmpty"):
        Lifecycle(BUCKET, aws).delete(versioned["id"], versioned | {"forceDestroy": False})
    assert len(aws.client("s3").list_object_versions(Bucket=versioned["bucket"])["Versions"]) == 2


def test_one_that_exists_is_not_taken_over(aws: Session, make: Make) -> None:
    aws.client("s3").create_bucket(Bucket="of-another-stack")
    aws.client("s3").put_object(Bucket="of-another-stack", Key="audit", Body=b"kept")
    with pytest.raises(ProviderError, match="BucketAlreadyExists"):
        make(BUCKET, bucket="of-another-stack", forceDestroy=True)
    assert aws.client("s3").get_object(Bucket="of-another-stack", Key="audit")["Body"].read() == b"kept"


INLINE = {
    "acl": "private",
    "versioning": {"enabled": True},
    "serverSideEncryptionConfiguration": {
        "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "alias/aws/s3"}}
    },
    "lifecycleRules": [
        {
            "id": "a",
            "enabled": True,
            "prefix": "a/",
            "tags": {"b": "c"},
            "abortIncompleteMultipartUploadDays": 3,
            "expiration": {"days": 90},
            "transitions": [{"days": 30, "storageClass": "GLACIER"}],
            "noncurrentVersionExpiration": {"days": 60},
            "noncurrentVersionTransitions": [{"days": 30, "storageClass": "GLACIER"}],
        },
        {"id": "b", "enabled": False, "expiration": {"days": 1}},
    ],
    "corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://a"], "maxAgeSeconds": 3}],
    "website": {"indexDocument": "index.html", "errorDocument": "error.html"},
}


def inline(bucket: str, target: str) -> Properties:
    """Every setting that can be given inline."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed(bucket)]})
    return {"bucket": bucket, **INLINE, "policy": policy, "logging": {"targetBucket": target, "targetPrefix": "a/"}}


def allowed(bucket: str) -> dict[str, Any]:
    principal = {"AWS": "arn:aws:iam::000000000000:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}


def test_settings_that_are_given_inline(aws: Session, make: Make) -> None:
    """They are S3's own settings, read back as the program wrote them, and nothing of them moves."""
    inputs = inline("set-inline", make(BUCKET)["bucket"])
    made = make(BUCKET, **inputs)
    s3 = aws.client("s3")
    assert s3.get_bucket_versioning(Bucket="set-inline")["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket="set-inline")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == "alias/aws/s3"
    first, second = s3.get_bucket_lifecycle_configuration(Bucket="set-inline")["Rules"]
    assert first["Filter"]["And"].items() >= {"Prefix": "a/", "Tags": [{"Key": "b", "Value": "c"}]}.items()
    assert (first["Expiration"], first["NoncurrentVersionExpiration"]) == ({"Days": 90}, {"NoncurrentDays": 60})
    assert second["Status"] == "Disabled"
    assert s3.get_bucket_cors(Bucket="set-inline")["CORSRules"][0]["AllowedMethods"] == ["GET"]
    assert s3.get_bucket_website(Bucket="set-inline")["IndexDocument"] == {"Suffix": "index.html"}
    assert s3.get_bucket_logging(Bucket="set-inline")["LoggingEnabled"]["TargetPrefix"] == "a/"
    assert json.loads(s3.get_bucket_policy(Bucket="set-inline")["Policy"])["Statement"] == [allowed("set-inline")]
    assert made["websiteEndpoint"] == "set-inline.s3-website-us-east-1.amazonaws.com"

    lifecycle = Lifecycle(BUCKET, aws)
    assert lifecycle.read("set-inline", made, inputs) == (made, inputs)
    assert lifecycle.diff(made, inputs, inputs).changes == ()


def test_an_inline_setting_moves_alone(aws: Session, make: Make) -> None:
    lifecycle, inputs = Lifecycle(BUCKET, aws), inline("moved-inline", make(BUCKET)["bucket"])
    made = make(BUCKET, **inputs)
    news = inputs | {"versioning": {"enabled": False}}
    assert [change.path for change in lifecycle.diff(made, inputs, news).changes] == ["versioning.enabled"]
    updated = lifecycle.update("moved-inline", made, inputs, news, preview=False)
    assert aws.client("s3").get_bucket_versioning(Bucket="moved-inline")["Status"] == "Suspended"
    assert lifecycle.read("moved-inline", updated, news) == (updated, news)
    aws.client("s3").delete_bucket_website(Bucket="moved-inline")
    drifted = lifecycle.read("moved-inline", updated, news)
    assert drifted is not None
    assert [change.top for change in lifecycle.diff(drifted[0], drifted[1], news).changes] == ["website"]


def test_an_acl_that_s3_refuses(aws: Session, make: Make) -> None:
    """For a bucket of today, whatever comes after it; the private one is what every bucket has."""
    with pytest.raises(ProviderError, match="InvalidBucketAclWithObjectOwnership"):
        make(BUCKET, acl="public-read")
    made = make(BUCKET, acl="private")
    old = {"bucket": made["bucket"], "acl": "private"}
    with pytest.raises(ProviderError, match="AccessControlListNotSupported"):
        Lifecycle(BUCKET, aws).update(made["id"], made, old, old | {"acl": "public-read"}, preview=False)
    Lifecycle(BUCKET, aws).update(made["id"], made, old, {"bucket": made["bucket"]}, preview=False)


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("inputs", [{"replicationConfiguration": {"role": "a"}}, {"website": {"routingRules": "[]"}}])
def test_what_cannot_be_given_inline_is_refused_in_the_preview(aws: Session, inputs: Properties, preview: bool) -> None:  # noqa: FBT001  # a parameter
    with pytest.raises(ProviderError, match="cannot be rehearsed with"):
        Lifecycle(BUCKET, aws).create({"bucket": "a", **inputs}, preview=preview)


def test_what_is_changed_by_hand_is_drift(aws: Session, versioned: Properties) -> None:
    bucket, inputs = versioned["bucket"], {"versioningConfiguration": {"status": "Enabled"}}
    state = inputs | {"bucket": bucket}
    aws.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    found = Lifecycle(VERSIONING, aws).read(bucket, state, state)
    assert found is not None
    assert found[1]["versioningConfiguration"] == {"status": "Suspended"}


def test_what_is_removed_by_hand_inside_a_block_is_drift(aws: Session, make: Make) -> None:
    bucket = make(BUCKET)["bucket"]
    rule = {"id": "a", "status": "Enabled", "filter": {"prefix": "a/"}, "expiration": {"days": 90}}
    state = {"bucket": bucket, "rules": [rule | {"noncurrentVersionExpiration": {"noncurrentDays": 90}}]}
    kept = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 90}}
    aws.client("s3").put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [kept]})
    found = Lifecycle("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", aws).read(bucket, state, state)
    assert found is not None
    assert found[1]["rules"] == [rule]


def test_a_role_deleted_by_hand_is_gone(aws: Session, make: Make) -> None:
    made = role(make)
    aws.client("iam").delete_role(RoleName=made["name"])
    assert Lifecycle("aws:iam/role:Role", aws).read(made["id"], made, made) is None
