"""A log group for every service, made before the service can make one that is unencrypted and kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from context import Context


@dataclass(frozen=True)
class LogGroupsArgs:
    """The key of the groups, and the names of what logs."""

    key_arn: pulumi.Input[str]
    payments_function: str
    schema_function: str
    database: str


class LogGroups(pulumi.ComponentResource):
    """The log groups whose names are known beforehand."""

    def __init__(self, name: str, context: Context, args: LogGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:monitoring:LogGroups", name, None, opts)
        names = {  # each service's own convention, where it has one
            "payments-function": f"/aws/lambda/{args.payments_function}",
            "schema-function": f"/aws/lambda/{args.schema_function}",
            "database-postgresql": f"/aws/rds/instance/{args.database}/postgresql",
            "database-upgrade": f"/aws/rds/instance/{args.database}/upgrade",
            "flow-logs": f"/payments/{context.names('flow-logs')}",
            "api-access": f"/payments/{context.names('api-access')}",
        }
        self.groups = {
            key: log_group(key, group, context, args.key_arn, pulumi.ResourceOptions(parent=self)) for key, group in names.items()
        }
        self.register_outputs({"names": [group.name for group in self.groups.values()]})


def log_group(
    key: str,
    name: pulumi.Input[str],
    context: Context,
    key_arn: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.LogGroup:
    """Make one log group, encrypted and with the stack's retention."""
    return aws.cloudwatch.LogGroup(
        key, name=name, retention_in_days=context.config.log_retention_days, kms_key_id=key_arn, opts=opts
    )
