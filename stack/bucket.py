"""A private bucket: versioned, encrypted, expiring, owner-enforced and reached over TLS only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

import policies

if TYPE_CHECKING:
    from context import Context
    from policies import Statement


@dataclass(frozen=True)
class PrivateBucketArgs:
    """What differs between buckets."""

    bucket: str
    retention_days: int
    key_arn: pulumi.Input[str] | None = None
    """Customer-managed key; without one S3's own key encrypts (SSE-S3)."""
    statements: list[Statement] = field(default_factory=list)
    """Bucket policy beside TLS-only."""


class PrivateBucket(pulumi.ComponentResource):
    """A bucket and the side resources that make it private."""

    def __init__(self, name: str, context: Context, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:storage:PrivateBucket", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._name = name
        # A teardown empties the bucket, versions included; in production it refuses while anything is in it.
        self.bucket = aws.s3.Bucket(name, bucket=args.bucket, force_destroy=not context.config.protected, opts=self._child)
        aws.s3.BucketOwnershipControls(
            name,
            bucket=self.bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._child,
        )
        block = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        self.versioning = aws.s3.BucketVersioning(
            name,
            bucket=self.bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self._child,
        )
        self._encrypt(args.key_arn)
        self._expire(args.retention_days)
        statements = [policies.tls_only(context.bucket_arn(args.bucket)), *args.statements]
        self.policy = aws.s3.BucketPolicy(
            name,
            bucket=self.bucket.id,
            policy=pulumi.Output.json_dumps(policies.document(*statements)),
            # S3 refuses two changes of a bucket's access at the same time.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )
        self.register_outputs({"bucket": self.bucket.bucket})

    def _encrypt(self, key_arn: pulumi.Input[str] | None) -> None:
        default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256" if key_arn is None else "aws:kms", kms_master_key_id=key_arn
        )
        rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=default,
            bucket_key_enabled=key_arn is not None,  # one KMS request per bucket and while, not one per object
        )
        aws.s3.BucketServerSideEncryptionConfiguration(self._name, bucket=self.bucket.id, rules=[rule], opts=self._child)

    def _expire(self, days: int) -> None:
        rule = aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="expire",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=days
            ),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=1
            ),
        )
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=self.bucket.id,
            rules=[rule],
            # A rule for non-current versions is refused while there can be none.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.versioning]),
        )
