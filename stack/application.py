"""The functions: payments, which validates and records, and schema, which migrates the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

import package
from config import ConfigError
from database import DATABASE_NAME
from function_policy import Access, function_policy, payments_policy
from naming import Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from context import Context
    from database import Database
    from log_groups import LogGroups
    from roles import FunctionRoles

_CA_BUNDLE = "database-ca.pem"
_NO_LIMIT = -1
"""Lambda's own way of saying that a function draws on the account's unreserved concurrency."""
_SCHEMA_TIMEOUT = 120
"""Seconds; a migration may wait for a lock, and nobody waits for an HTTP answer."""


@dataclass(frozen=True)
class ApplicationArgs:
    """What the functions stand in, write to and read from."""

    roles: FunctionRoles
    logs: LogGroups
    database: Database
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    audit_bucket: str
    audit_key_arn: pulumi.Input[str]
    database_key_arn: pulumi.Input[str]


def function_name(context: Context, function: str) -> str:
    """Name a function; its log group is named after it."""
    return context.names(function, Limit.FUNCTION)


class Application(pulumi.ComponentResource):
    """Both functions, with the rights of each."""

    def __init__(self, name: str, context: Context, args: ApplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:application:Application", name, None, opts)
        self._context = context
        self._args = args
        config = context.config
        self.payments = self._function(
            "payments",
            role=args.roles.payments,
            policy=payments_policy(context, self._access("payments"), args.audit_bucket, args.audit_key_arn),
            distributions=("aws-lambda-powertools", "pg8000"),
            variables={
                "AUDIT_BUCKET": args.audit_bucket,
                "AUDIT_KMS_KEY_ARN": args.audit_key_arn,
                "POWERTOOLS_METRICS_NAMESPACE": "Payments",
                "POWERTOOLS_SERVICE_NAME": "payments",
            },
            timeout=config.lambda_timeout_seconds,
            concurrency=_NO_LIMIT if config.reserved_concurrency is None else config.reserved_concurrency,
        )
        self.schema = self._function(
            "schema",
            role=args.roles.schema,
            policy=function_policy(context, self._access("schema")),
            distributions=("pg8000",),
            variables={},
            timeout=_SCHEMA_TIMEOUT,
            concurrency=_NO_LIMIT,  # the advisory lock keeps two migrations apart
        )
        self.register_outputs({})

    def _access(self, function: str) -> Access:
        return Access(
            function_arn=self._context.arn("lambda", f"function:{function_name(self._context, function)}"),
            log_group_arn=self._args.logs.groups[f"{function}-function"].arn,
            secret_arn=self._args.database.secret_arn,
            database_key_arn=self._args.database_key_arn,
        )

    def _function(
        self,
        function: str,
        *,
        role: aws.iam.Role,
        policy: dict[str, Any],
        distributions: Sequence[str],
        variables: dict[str, pulumi.Input[str]],
        timeout: int,
        concurrency: int,
    ) -> aws.lambda_.Function:
        config = self._context.config
        rights = aws.iam.RolePolicy(
            function,
            name=self._context.names(function),
            role=role.name,
            policy=pulumi.Output.json_dumps(policy),
            opts=pulumi.ResourceOptions(parent=self),
        )
        built = package.build(function, distributions, self._ca_bundle())
        return aws.lambda_.Function(
            function,
            name=function_name(self._context, function),
            runtime=config.lambda_runtime,
            architectures=[config.lambda_architecture],
            handler=f"{function}.handler.handler",
            code=pulumi.FileArchive(built.relative),
            source_code_hash=built.sha256,
            role=role.arn,
            memory_size=config.lambda_memory_mb,
            timeout=timeout,
            reserved_concurrent_executions=concurrency,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables={**self._database_variables(), **variables}),
            vpc_config=aws.lambda_.FunctionVpcConfigArgs(
                subnet_ids=self._args.subnet_ids, security_group_ids=[self._args.security_group_id]
            ),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            # Lambda checks the role's rights when it attaches the function to the VPC.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights, self._args.logs.groups[f"{function}-function"]]),
        )

    def _database_variables(self) -> dict[str, pulumi.Input[str]]:
        instance = self._args.database.instance
        variables: dict[str, pulumi.Input[str]] = {
            "ENVIRONMENT": self._context.config.environment,
            "LOG_LEVEL": self._context.config.log_level,
            "DB_HOST": instance.address,
            "DB_PORT": instance.port.apply(str),
            "DB_NAME": DATABASE_NAME,
            "DB_SECRET_ARN": self._args.database.secret_arn,
        }
        if self._context.config.database_ca_bundle is not None:
            variables["DB_CA_BUNDLE"] = _CA_BUNDLE
        return variables

    def _ca_bundle(self) -> dict[str, bytes]:
        path = self._context.config.database_ca_bundle
        if path is None:
            return {}
        try:
            return {_CA_BUNDLE: path.read_bytes()}
        except OSError as error:
            raise ConfigError(f"payments:databaseCaBundle {path} cannot be read: {error.strerror}") from error
