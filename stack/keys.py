"""Customer-managed keys, one per purpose, so that a key policy can say who uses it for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

import policies

if TYPE_CHECKING:
    from context import Context

# Production keeps a deleted key recoverable for as long as AWS allows; a rehearsal should be gone soon.
_DELETION_WINDOW_DAYS = {True: 30, False: 7}


@dataclass(frozen=True)
class KeysArgs:
    """What the key policies name: the audit bucket and the role that writes to it."""

    audit_bucket: str
    audit_writer_arn: pulumi.Input[str]


class Keys(pulumi.ComponentResource):
    """The keys of the database, the audit store and operations (log groups and alarm topic)."""

    def __init__(self, name: str, context: Context, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:keys:Keys", name, None, opts)
        self._context = context
        self.database = self._key("database", "Database storage, insights and master secret", self._database_use())
        self.audit = self._key("audit", "Audit store", self._audit_use(args))
        self.operations = self._key("operations", "Log groups and alarm topic", self._operations_use())
        self.arns = {"database": self.database.arn, "audit": self.audit.arn, "operations": self.operations.arn}
        self.register_outputs({"arns": self.arns})

    def _key(self, purpose: str, description: str, use: list[policies.Statement]) -> aws.kms.Key:
        policy = policies.document(policies.key_administration(self._context.account_root), *use)
        key = aws.kms.Key(
            purpose,
            description=f"{description} ({self._context.names('payments')})",
            enable_key_rotation=True,
            deletion_window_in_days=_DELETION_WINDOW_DAYS[self._context.config.protected],
            policy=pulumi.Output.json_dumps(policy),
            tags={"Name": self._context.names(f"{purpose}-key")},
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.kms.Alias(
            purpose,
            name=f"alias/{self._context.names(f'payments-{purpose}')}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _through(self, *services: str) -> dict[str, Any]:
        return {
            "kms:CallerAccount": self._context.account,
            "kms:ViaService": [self._context.host(service) for service in services],
        }

    def _database_use(self) -> list[policies.Statement]:
        # RDS and Secrets Manager act with the rights of whoever calls them; the account's IAM says who that may be.
        account = {"AWS": self._context.account_root}
        through = self._through("rds", "secretsmanager")
        granting = {"StringEquals": through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        return [
            policies.allow(
                "UseThroughService", policies.KEY_USE, [policies.ANY], principal=account, when={"StringEquals": through}
            ),
            policies.allow("GrantToRds", ["kms:CreateGrant"], [policies.ANY], principal=account, when=granting),
        ]

    def _audit_use(self, args: KeysArgs) -> list[policies.Statement]:
        through = self._through("s3")
        # With a bucket key the encryption context is the bucket, not the object.
        bucket = {"kms:EncryptionContext:aws:s3:arn": self._context.bucket_arn(args.audit_bucket)}
        return [
            policies.allow(
                "WriteAudit",
                ["kms:GenerateDataKey"],
                [policies.ANY],
                principal={"AWS": args.audit_writer_arn},
                when={"StringEquals": {**through, **bucket}},
            ),
            policies.allow(
                "ReadAudit",  # auditors and the runbook's checks, as the account's IAM decides
                ["kms:Decrypt", "kms:DescribeKey"],
                [policies.ANY],
                principal={"AWS": self._context.account_root},
                when={"StringEquals": through},
            ),
        ]

    def _operations_use(self) -> list[policies.Statement]:
        context = self._context
        own_groups = [
            context.arn("logs", f"log-group:*-{context.config.environment}-{context.config.suffix}*"),
            context.arn("logs", "log-group:API-Gateway-Execution-Logs_*"),  # named by API Gateway after the API's id
        ]
        return [
            policies.allow(
                "EncryptLogs",
                policies.KEY_USE,
                [policies.ANY],
                principal={"Service": context.host("logs")},
                when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": own_groups}},
            ),
            policies.allow(
                "PublishAlarms",  # the publisher encrypts; SNS itself needs nothing
                ["kms:Decrypt", "kms:GenerateDataKey"],
                [policies.ANY],
                principal={"Service": "cloudwatch.amazonaws.com"},
                when={"StringEquals": {"aws:SourceAccount": context.account}},
            ),
        ]
