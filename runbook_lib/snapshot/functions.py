"""The Lambda functions, with who may invoke them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.secret_names import is_secret_name
from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.policies import Statement, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


def secrets_in_clear(variables: Mapping[str, str]) -> list[str]:
    """The environment variables whose name speaks of a secret and whose value is not the ARN of one."""
    return sorted(n for n, value in variables.items() if is_secret_name(n) and not value.startswith("arn:"))


@dataclass(frozen=True, kw_only=True)
class Function(Tagged):
    """A Lambda function."""

    runtime: str
    state: str
    role_arn: str
    timeout_seconds: int
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    tracing: str
    """``Active`` or ``PassThrough``."""
    environment: Mapping[str, str]
    key_arn: str
    """What encrypts the environment; empty for the account's default key."""
    log_group: str
    reserved_concurrency: int | None
    policy: tuple[Statement, ...]
    """The resource policy: who may invoke it."""


@dataclass(frozen=True, kw_only=True)
class Functions:
    """The payments function and the one that applies the schema."""

    payments: Function
    schema: Function

    def both(self) -> tuple[Function, Function]:
        """For the checks that ask the same of each."""
        return self.payments, self.schema


@collects(Functions)
def functions(aws: Aws, outputs: StackOutputs) -> Functions:
    """Read the functions named by the outputs."""
    return Functions(payments=_function(aws, outputs.payments_function_name), schema=_function(aws, outputs.schema_function_name))


def _function(aws: Aws, name: str) -> Function:
    answer = aws.client("lambda").get_function(FunctionName=name)
    raw = answer["Configuration"]
    network = raw.get("VpcConfig", {})
    return Function(
        name=raw["FunctionName"],
        tags=answer.get("Tags", {}),
        runtime=raw["Runtime"],
        state=raw["State"],
        role_arn=raw["Role"],
        timeout_seconds=raw["Timeout"],
        subnet_ids=tuple(network.get("SubnetIds", ())),
        security_group_ids=tuple(network.get("SecurityGroupIds", ())),
        tracing=raw.get("TracingConfig", {}).get("Mode", ""),
        environment=raw.get("Environment", {}).get("Variables", {}),
        key_arn=raw.get("KMSKeyArn", ""),
        log_group=raw.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}"),
        reserved_concurrency=answer.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
        policy=_policy(aws, name),
    )


def _policy(aws: Aws, name: str) -> tuple[Statement, ...]:
    client = aws.client("lambda")
    try:
        return statements(client.get_policy(FunctionName=name)["Policy"])
    except client.exceptions.ResourceNotFoundException:  # nobody but the account itself may invoke it
        return ()
