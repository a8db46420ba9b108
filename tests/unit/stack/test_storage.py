"""S1: both buckets are private; the audit store keeps what it must, as long as it must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import ACCOUNT, statements

if TYPE_CHECKING:
    from .conftest import Stack

BUCKETS = ("audit", "access-logs")
each_bucket = pytest.mark.parametrize("name", BUCKETS)


def side(stack: Stack, kind: str, name: str) -> dict[str, Any]:
    """Give the inputs of a bucket's side resource, after checking that it is that bucket's."""
    found = stack.one(f"s3:{kind}", name)
    assert found.inputs["bucket"] == stack.one("s3:Bucket", name).id
    return found.inputs


@each_bucket
def test_a_bucket_is_closed_to_the_public(stack: Stack, name: str) -> None:
    block = side(stack, "BucketPublicAccessBlock", name)
    assert [block[key] for key in block if key != "bucket"] == [True] * 4


@each_bucket
def test_a_bucket_is_versioned_and_owner_enforced(stack: Stack, name: str) -> None:
    assert side(stack, "BucketVersioning", name)["versioningConfiguration"] == {"status": "Enabled"}
    assert side(stack, "BucketOwnershipControls", name)["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@each_bucket
def test_objects_versions_and_aborted_uploads_expire(stack: Stack, name: str) -> None:
    [rule] = side(stack, "BucketLifecycleConfiguration", name)["rules"]
    assert rule["status"] == "Enabled"
    assert rule["expiration"] == {"days": 90}
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 90}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}


@each_bucket
def test_a_bucket_is_reached_over_tls_only(stack: Stack, name: str) -> None:
    side(stack, "BucketPolicy", name)
    [denial] = [one for one in statements(stack.one("s3:BucketPolicy", name)) if one["Effect"] == "Deny"]
    arn = f"arn:aws:s3:::{stack.one('s3:Bucket', name).inputs['bucket']}"
    assert denial["Principal"] == "*"
    assert denial["Action"] == ["s3:*"]
    assert denial["Resource"] == [arn, f"{arn}/*"]
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_audit_objects_are_encrypted_with_the_audit_key(stack: Stack) -> None:
    [rule] = side(stack, "BucketServerSideEncryptionConfiguration", "audit")["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": f"{stack.one('kms:Key', 'audit').id}.arn",
    }
    assert rule["bucketKeyEnabled"] is True


def test_access_logs_are_encrypted_as_log_delivery_can(stack: Stack) -> None:
    [rule] = side(stack, "BucketServerSideEncryptionConfiguration", "access-logs")["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


def test_access_to_the_audit_bucket_is_logged(stack: Stack) -> None:
    assert side(stack, "BucketLogging", "audit")["targetBucket"] == stack.one("s3:Bucket", "access-logs").id


def test_only_this_stacks_load_balancer_and_audit_bucket_may_write_access_logs(stack: Stack) -> None:
    allowed = {
        one["Principal"]["Service"]: one
        for one in statements(stack.one("s3:BucketPolicy", "access-logs"))
        if one["Effect"] == "Allow"
    }
    balancer = allowed.pop("logdelivery.elasticloadbalancing.amazonaws.com")
    name = stack.one("lb:LoadBalancer").inputs["name"]
    source = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/{name}/*"
    assert balancer["Condition"] == {"ArnLike": {"aws:SourceArn": source}}
    s3 = allowed.pop("logging.s3.amazonaws.com")
    audit = stack.one("s3:Bucket", "audit").inputs["bucket"]
    assert s3["Condition"]["ArnEquals"] == {"aws:SourceArn": f"arn:aws:s3:::{audit}"}
    assert allowed == {}
