"""API Gateway's logging role, of which an account has one per region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

import policies
from naming import Limit

if TYPE_CHECKING:
    from context import Context

_WRITE_LOGS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
)


class ApiGatewayAccount(pulumi.ComponentResource):
    """The account's setting: a second stack in the same account and region sets `ownsApiGatewayAccount` to false."""

    def __init__(self, name: str, context: Context, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:api:ApiGatewayAccount", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            "api-gateway",
            name=context.names("api-gateway", Limit.ROLE),
            assume_role_policy=pulumi.Output.json_dumps(policies.trust("apigateway.amazonaws.com")),
            opts=child,
        )
        # API Gateway checks the role for these actions on every group of the account before it takes it.
        write = policies.allow("WriteLogs", _WRITE_LOGS, [policies.ANY])
        policy = aws.iam.RolePolicy(
            "api-gateway",
            name=context.names("api-gateway"),
            role=role.name,
            policy=pulumi.Output.json_dumps(policies.document(write)),
            opts=child,
        )
        aws.apigateway.Account(
            "logging",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({})
