"""Makes the bucket that Pulumi keeps its state in; made again, it stays, and what is missing of its settings is added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from runbook_lib.aws import Aws

TLS_ONLY = "TlsOnly"
_ABSENT = {"404", "NoSuchBucket"}
_NOT_OURS = {"403", "AccessDenied", "BucketAlreadyExists"}


def state_bucket(aws: Aws, name: str, caller: str, key: str = "") -> bool:
    """Make the bucket private, versioned, encrypted by KMS and reached by TLS alone.

    Args:
        aws: Where.
        name: Its name, one of its kind in all of AWS.
        caller: The ARN that AWS knows the caller by; the bucket is in that account.
        key: The KMS key that encrypts it, by ARN; empty is AWS's own for S3.

    Returns:
        Whether it was made; otherwise it was there.

    Raises:
        UsageError: There is one, and it is another account's.
    """
    from botocore.exceptions import ClientError

    _, partition, _, _, account, _ = caller.split(":", 5)
    s3 = aws.client("s3")
    made = False
    try:
        if _absent(s3, name, account):
            place = {} if aws.target.region == "us-east-1" else {"LocationConstraint": aws.target.region}
            s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
            made = True
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_OURS:
            raise
        raise UsageError(
            f"The bucket {name} is there, and not of account {account}, or not to be looked at: {error}",
            remedy="Choose another name (--bucket), or the credentials of the account whose it is.",
        ) from error
    ours = {"Bucket": name, "ExpectedBucketOwner": account}
    s3.put_public_access_block(
        **ours,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )
    s3.put_bucket_ownership_controls(**ours, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    s3.put_bucket_versioning(**ours, VersioningConfiguration={"Status": "Enabled"})
    by_kms = {"SSEAlgorithm": "aws:kms", **({"KMSMasterKeyID": key} if key else {})}
    rule = {"ApplyServerSideEncryptionByDefault": by_kms, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(**ours, ServerSideEncryptionConfiguration={"Rules": [rule]})
    policy = _with_tls(_policy(s3, ours), f"arn:{partition}:s3:::{name}")
    s3.put_bucket_policy(**ours, Policy=json.dumps(policy))
    return made


def _absent(s3: Any, name: str, account: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return True
        raise
    return False


def _policy(s3: Any, ours: dict[str, str]) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        return dict(json.loads(s3.get_bucket_policy(**ours)["Policy"]))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            raise
        return {"Version": "2012-10-17", "Statement": []}


def _with_tls(policy: dict[str, Any], arn: str) -> dict[str, Any]:
    """A policy that refuses plain HTTP; what else it says stays."""
    refused = {
        "Sid": TLS_ONLY,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    given = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    return {**policy, "Statement": [*(each for each in given if each.get("Sid") != TLS_ONLY), refused]}
