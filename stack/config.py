"""The stack's configuration: read once, typed, frozen, and refused at the door with the name of the bad key."""

from __future__ import annotations

import json
from datetime import date
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

NAMESPACE = "payments"
ENDPOINTS = ("secretsmanager", "kms", "logs")
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days CloudWatch Logs accepts as a retention period (API reference of PutRetentionPolicy)."""


class ConfigError(pulumi.RunError):
    """Raised when the configuration is wrong; Pulumi prints it without a traceback."""


def _private(network: IPv4Network) -> IPv4Network:
    if not network.is_private:
        raise ValueError("must be a private range (RFC 1918), such as 10.20.0.0/16")
    if not 16 <= network.prefixlen <= 22:  # noqa: PLR2004 - AWS's largest VPC, and room for six useful subnets
        raise ValueError("must be between /16 and /22")
    return network


def _endpoint_choice(value: Any) -> Any:
    """Read `true` (all), `false` (none) or a JSON list; the command line and YAML both hand over a string."""
    choice = json.loads(value) if isinstance(value, str) else value
    if isinstance(choice, bool):
        return ENDPOINTS if choice else ()
    return choice


def _known_retention(days: int) -> int:
    if days not in RETENTIONS:
        raise ValueError(f"CloudWatch Logs takes only these days: {', '.join(map(str, RETENTIONS))}")
    return days


class StackConfig(BaseModel):
    """Everything about a deployment that is a decision and not a consequence."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    environment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,9}$")]
    suffix: Annotated[str, Field(pattern=r"^[a-z0-9]{2,12}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    migration_date: date
    protected: bool = False
    """Production: nothing that holds data can be deleted by a teardown without a human's second act."""

    vpc_cidr: Annotated[IPv4Network, AfterValidator(_private)] = IPv4Network("10.20.0.0/16")
    nat_per_zone: bool = True
    interface_endpoints: Annotated[tuple[Literal["secretsmanager", "kms", "logs"], ...], BeforeValidator(_endpoint_choice)] = ()

    engine_version: Annotated[str, Field(pattern=r"^\d{2}\.\d{1,2}$")]
    """Exact minor, without a default: AWS withdraws minors, so version discovery chooses and the runbook sets it."""
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = "db.t3.medium"
    allocated_storage: Annotated[int, Field(ge=20, le=65536)] = 20
    max_allocated_storage: Annotated[int, Field(ge=20, le=65536)] = 100
    multi_az: bool = True
    backup_retention_days: Annotated[int, Field(ge=7, le=35)] = 7
    database_connections_limit: Annotated[int, Field(ge=10)] = 400
    """What the instance class allows: PostgreSQL on RDS takes memory in bytes / 9531392; 4 GiB give about 400."""
    database_ca_bundle: Path | None = None
    """PEM file packaged into the functions; set, they verify the database's certificate and name."""

    lambda_runtime: Annotated[str, Field(pattern=r"^python3\.\d{2}$")] = "python3.13"
    lambda_architecture: Literal["x86_64", "arm64"] = "x86_64"
    lambda_memory_mb: Annotated[int, Field(ge=128, le=10240)] = 512
    lambda_timeout_seconds: Annotated[int, Field(ge=10, le=29)] = 20
    """At most 29: API Gateway gives up then, and an answer nobody hears is a payment nobody knows about."""
    reserved_concurrency: Annotated[int, Field(ge=1)] | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    throttle_rate: Annotated[float, Field(gt=0)] = 50
    throttle_burst: Annotated[int, Field(gt=0)] = 100
    quota_per_day: Annotated[int, Field(gt=0)] = 100_000
    owns_api_gateway_account: bool = True
    """API Gateway keeps one logging role per account and region: exactly one stack there may own it."""
    certificate_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/")] | None = None

    log_retention_days: Annotated[int, AfterValidator(_known_retention)] = 30
    audit_retention_days: Annotated[int, Field(ge=1)] = 90
    alarm_email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None

    @model_validator(mode="after")
    def _storage_can_grow(self) -> Self:
        if self.max_allocated_storage < self.allocated_storage:
            raise ValueError("payments:maxAllocatedStorage must not be below payments:allocatedStorage")
        return self

    @property
    def engine_major(self) -> str:
        """The major version of PostgreSQL, which names the parameter group family."""
        return self.engine_version.partition(".")[0]


def load() -> StackConfig:
    """Read the configuration of the running program.

    Raises:
        ConfigError: A key is missing, misspelt or has a bad value; all of them are named at once.
    """
    set_keys = {**get_config_env(), **CONFIG.get()}
    values: dict[str, Any] = {
        key.removeprefix(f"{NAMESPACE}:"): value for key, value in set_keys.items() if key.startswith(f"{NAMESPACE}:")
    }
    if (region := pulumi.Config("aws").get("region")) is not None:
        values["region"] = region
    try:
        return StackConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(problem) for problem in error.errors())) from None


def _explain(problem: Any) -> str:
    """Turn one of pydantic's findings into what was wrong, where, and what to do."""
    if not problem["loc"]:
        return str(problem["msg"]).removeprefix("Value error, ")
    name = str(problem["loc"][0])
    key = "aws:region" if name == "region" else f"{NAMESPACE}:{name}"
    if problem["type"] == "missing":
        return f"{key} is not set: run `pulumi config set {key} VALUE`"
    if problem["type"] == "extra_forbidden":
        return f"{key} is not a setting of this program: remove or correct it (config.py lists them all)"
    return f"{key} has a bad value {problem['input']!r}: {str(problem['msg']).removeprefix('Value error, ')}"
