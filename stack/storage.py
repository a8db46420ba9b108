"""The audit store and the bucket that keeps access logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

import policies
from bucket import PrivateBucket, PrivateBucketArgs
from naming import Limit

if TYPE_CHECKING:
    from context import Context

LOAD_BALANCER_PREFIX = "load-balancer"
AUDIT_PREFIX = "audit-bucket/"


def bucket_name(context: Context, purpose: str) -> str:
    """Name a bucket; names are unique across all of AWS, so the account is part of it."""
    return context.names(f"payments-{purpose}-{context.account}", Limit.BUCKET)


class AccessLogStore(pulumi.ComponentResource):
    """Where the load balancer and the audit bucket write who asked them for what."""

    def __init__(self, name: str, context: Context, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:storage:AccessLogStore", name, None, opts)
        bucket = bucket_name(context, "logs")
        audit_arn = context.bucket_arn(bucket_name(context, "audit"))
        balancer = context.names("payments", Limit.LOAD_BALANCER)
        from_balancer = context.arn("elasticloadbalancing", f"loadbalancer/app/{balancer}/*")
        args = PrivateBucketArgs(
            bucket=bucket,
            retention_days=context.config.audit_retention_days,
            key_arn=None,  # neither log delivery can use a customer-managed key
            statements=[
                policies.allow(
                    "LoadBalancerLogs",
                    ["s3:PutObject"],
                    [f"{context.bucket_arn(bucket)}/{LOAD_BALANCER_PREFIX}/AWSLogs/{context.account}/*"],
                    principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                    when={"ArnLike": {"aws:SourceArn": from_balancer}},
                ),
                policies.allow(
                    "AuditBucketLogs",
                    ["s3:PutObject"],
                    [f"{context.bucket_arn(bucket)}/{AUDIT_PREFIX}*"],
                    principal={"Service": "logging.s3.amazonaws.com"},
                    when={
                        "ArnEquals": {"aws:SourceArn": audit_arn},
                        "StringEquals": {"aws:SourceAccount": context.account},
                    },
                ),
            ],
        )
        store = PrivateBucket("access-logs", context, args, pulumi.ResourceOptions(parent=self))
        self.bucket = store.bucket
        self.policy = store.policy
        self.register_outputs({"bucket": self.bucket.bucket})


class AuditStore(pulumi.ComponentResource):
    """One object per payment decision, encrypted with the audit key."""

    def __init__(
        self,
        name: str,
        context: Context,
        key_arn: pulumi.Input[str],
        access_logs: AccessLogStore,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("payments:storage:AuditStore", name, None, opts)
        args = PrivateBucketArgs(
            bucket=bucket_name(context, "audit"), retention_days=context.config.audit_retention_days, key_arn=key_arn
        )
        self.bucket = PrivateBucket("audit", context, args, pulumi.ResourceOptions(parent=self)).bucket
        aws.s3.BucketLogging(
            "audit",
            bucket=self.bucket.id,
            target_bucket=access_logs.bucket.id,
            target_prefix=AUDIT_PREFIX,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[access_logs.policy]),
        )
        self.register_outputs({"bucket": self.bucket.bucket})
