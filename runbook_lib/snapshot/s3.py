"""The buckets: the audit store and the one for access logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.policies import Statement, statements
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """What the enabled rules that cover the whole bucket add up to, in days; 0 is never."""

    expires_after: int = 0
    old_versions_expire_after: int = 0
    uploads_aborted_after: int = 0


@dataclass(frozen=True, kw_only=True)
class Bucket(Tagged):
    """A bucket."""

    versioned: bool
    encryption: str
    """``aws:kms`` or ``AES256``."""
    key_arn: str
    bucket_key: bool
    lifecycle: Lifecycle
    public_access_blocks: tuple[str, ...]
    """Which of the four blocks are on."""
    ownership: str
    locked: bool
    """Whether object lock is on."""
    policy: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """The two buckets."""

    audit: Bucket
    access_log: Bucket

    def both(self) -> tuple[Bucket, Bucket]:
        """For the checks that ask the same of each."""
        return self.audit, self.access_log


@collects(Buckets)
def buckets(aws: Aws, outputs: StackOutputs) -> Buckets:
    """Read the buckets named by the outputs."""
    return Buckets(audit=_bucket(aws, outputs.audit_bucket_name), access_log=_bucket(aws, outputs.access_log_bucket_name))


def _bucket(aws: Aws, name: str) -> Bucket:
    s3 = aws.client("s3")
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    default = rules[0]["ApplyServerSideEncryptionByDefault"]
    blocks = _setting(aws, "get_public_access_block", name).get("PublicAccessBlockConfiguration", {})
    ownership = _setting(aws, "get_bucket_ownership_controls", name).get("OwnershipControls", {"Rules": []})
    policy = _setting(aws, "get_bucket_policy", name).get("Policy", '{"Statement": []}')
    return Bucket(
        name=name,
        tags=by_key(_setting(aws, "get_bucket_tagging", name).get("TagSet")),
        versioned=s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled",
        encryption=default["SSEAlgorithm"],
        key_arn=default.get("KMSMasterKeyID", ""),
        bucket_key=rules[0].get("BucketKeyEnabled", False),
        lifecycle=_lifecycle(_setting(aws, "get_bucket_lifecycle_configuration", name).get("Rules", [])),
        public_access_blocks=tuple(sorted(block for block, on in blocks.items() if on)),
        ownership=next((rule["ObjectOwnership"] for rule in ownership["Rules"]), ""),
        locked="ObjectLockConfiguration" in _setting(aws, "get_object_lock_configuration", name),
        policy=statements(policy),
    )


_NEVER_SET = {
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "NoSuchBucketPolicy",
    "NoSuchTagSet",
    "NoSuchLifecycleConfiguration",
    "ObjectLockConfigurationNotFoundError",
}


def _setting(aws: Aws, operation: str, name: str) -> dict[str, Any]:
    """A setting of the bucket; empty if S3 says that it was never set."""
    try:
        answer: dict[str, Any] = getattr(aws.client("s3"), operation)(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NEVER_SET:
            return {}
        raise
    return answer


def _lifecycle(rules: list[dict[str, Any]]) -> Lifecycle:
    whole = [rule for rule in rules if rule["Status"] == "Enabled" and _covers_everything(rule)]

    def shortest(section: str, field: str) -> int:
        return min((rule[section][field] for rule in whole if rule.get(section, {}).get(field)), default=0)

    return Lifecycle(
        expires_after=shortest("Expiration", "Days"),
        old_versions_expire_after=shortest("NoncurrentVersionExpiration", "NoncurrentDays"),
        uploads_aborted_after=shortest("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    )


def _covers_everything(rule: dict[str, Any]) -> bool:
    narrowing = {key: value for key, value in rule.get("Filter", {}).items() if value}
    return not narrowing and not rule.get("Prefix")
