"""What a function in a VPC may do: the common part, and what only the payments function needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from policies import ANY, Statement, allow, deny, document

if TYPE_CHECKING:
    from context import Context

_INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
"""Those of AWS's own AWSLambdaVPCAccessExecutionRole."""


@dataclass(frozen=True)
class Access:
    """The things a function reaches, by ARN."""

    function_arn: str
    log_group_arn: pulumi.Input[str]
    secret_arn: pulumi.Input[str]
    database_key_arn: pulumi.Input[str]


def function_policy(context: Context, access: Access) -> dict[str, Any]:
    """Write its own log, trace, read the database secret, be attached to the VPC."""
    return document(*_common(context, access))


def payments_policy(context: Context, access: Access, audit_bucket: str, audit_key_arn: Any) -> dict[str, Any]:
    """Do what every function does, and put audit objects: neither read nor delete them."""
    through_s3 = {"StringEquals": {"kms:ViaService": context.host("s3")}}
    return document(
        *_common(context, access),
        allow("PutAudit", ["s3:PutObject"], [f"{context.bucket_arn(audit_bucket)}/audit/*"]),
        allow("EncryptAudit", ["kms:GenerateDataKey"], [audit_key_arn], when=through_s3),
    )


def _common(context: Context, access: Access) -> list[Statement]:
    through_secrets = {"StringEquals": {"kms:ViaService": context.host("secretsmanager")}}
    return [
        allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [pulumi.Output.format("{0}:*", access.log_group_arn)],
        ),
        allow("ReadDatabaseSecret", ["secretsmanager:GetSecretValue"], [access.secret_arn]),
        allow("DecryptDatabaseSecret", ["kms:Decrypt"], [access.database_key_arn], when=through_secrets),
        # X-Ray has no resources to name: segments belong to the account.
        allow("Trace", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], [ANY]),
        # Lambda attaches the function with this role, to interfaces that do not exist yet, and checks for `*`;
        # the next statement takes the same rights away from the function's own code.
        allow("AttachToVpc", _INTERFACES, [ANY]),
        deny("NotFromCode", _INTERFACES, [ANY], when={"ArnEquals": {"lambda:SourceFunctionArn": access.function_arn}}),
    ]
