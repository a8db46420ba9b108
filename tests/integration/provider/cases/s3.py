"""S3."""

from integration.provider.documents import ACCOUNT, allow, key
from integration.provider.harness import Case, Make, Properties

OWNER = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def _bucket(make: Make) -> str:
    return str(make("aws:s3/bucket:Bucket", forceDestroy=True)["bucket"])


def _on_bucket(**setting: object) -> object:
    return lambda make: {"bucket": _bucket(make), **setting}


def _encryption(make: Make) -> Properties:
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key(make)["arn"]}
    return {"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]}


def _rule(days: int) -> dict:
    return {
        "id": "keep",
        "status": "Enabled",
        "filter": {"prefix": "decisions/"},
        "expiration": {"days": days},
        "noncurrentVersionExpiration": {"noncurrentDays": days},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }


def _reads(make: Make, action: str) -> dict:
    bucket = _bucket(make)
    return {"bucket": bucket, "policy": allow(action, f"arn:aws:s3:::{bucket}/*", Principal=OWNER)}


CASES = [
    Case(
        "aws:s3/bucket:Bucket",
        lambda _: {"forceDestroy": False, "tags": {"Name": "a"}},
        lambda _: {"forceDestroy": True, "tags": {"Name": "b"}},
        unobservable={"forceDestroy": "a wish about deletion, known to Pulumi only"},
    ),
    Case(
        "aws:s3/bucketVersioning:BucketVersioning",
        _on_bucket(versioningConfiguration={"status": "Enabled"}),
        lambda _: {"versioningConfiguration": {"status": "Suspended"}},
        stays="a bucket once versioned stays so, suspended",
    ),
    Case(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda make: {"bucket": _bucket(make), **_encryption(make)},
        _encryption,
        stays="without it S3 encrypts with its own key, and says so",
    ),
    Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        _on_bucket(rules=[_rule(90) | {"filter": {"prefix": ""}}]),
        lambda _: {"rules": [_rule(30)]},
        added={("rules", 0, "noncurrentVersionExpiration", "newerNoncurrentVersions"): 3},
    ),
    Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        _on_bucket(blockPublicAcls=True, ignorePublicAcls=True),
        lambda _: {"blockPublicPolicy": True, "ignorePublicAcls": False},
    ),
    Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda make: _reads(make, "s3:GetObject"),
        lambda _: {"policy": allow("s3:PutObject", "arn:aws:s3:::case/*", Principal=OWNER)},
    ),
    Case(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        _on_bucket(rule={"objectOwnership": "BucketOwnerEnforced"}),
        lambda _: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    ),
    Case(
        "aws:s3/bucketLogging:BucketLogging",
        lambda make: {"bucket": _bucket(make), "targetBucket": _bucket(make), "targetPrefix": "a/"},
        lambda _: {"targetPrefix": "b/"},
    ),
    Case(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        lambda make: {"bucket": _bucket(make), "key": "a/b.txt", "content": "a", "contentType": "text/plain"},
        lambda _: {"content": "b", "contentType": "text/csv", "tags": {"Name": "b"}},
        unobservable={"content": "pulumi-aws compares what it was told, and never downloads"},
    ),
]
