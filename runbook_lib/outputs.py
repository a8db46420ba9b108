"""The stack's outputs, typed in one place.

The stack exports exactly these names (``stack/exports.py``); the live checks start from nothing else. None is secret.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from runbook_lib.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping


_PRODUCTION = frozenset({"prod", "production"})


def is_production(environment: str) -> bool:
    """Whether an environment of this name holds real payments, so that nothing of it may be deleted by accident."""
    return environment in _PRODUCTION


class StackOutputs(BaseModel):
    """What a deployed stack says about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    suffix: str
    region: str
    migration_date: date
    """The value of every resource's ``MigrationDate`` tag."""

    vpc_id: str
    availability_zones: tuple[str, ...]
    public_subnet_ids: tuple[str, ...]
    private_subnet_ids: tuple[str, ...]
    nat_gateway_ids: tuple[str, ...]
    alb_security_group_id: str
    lambda_security_group_id: str
    database_security_group_id: str
    vpc_endpoint_ids: tuple[str, ...]

    rds_identifier: str
    rds_endpoint: str
    """``host:port``."""
    rds_engine_version: str
    master_secret_arn: str

    payments_function_name: str
    schema_function_name: str
    payments_role_name: str
    schema_role_name: str

    api_id: str
    api_stage_name: str
    api_url: str
    """The stage's invoke URL; ``/payments`` comes after it."""
    api_key_id: str
    usage_plan_id: str

    alb_name: str
    alb_arn: str
    alb_dns_name: str
    target_group_arn: str

    audit_bucket_name: str
    access_log_bucket_name: str
    key_arns: dict[str, str]
    """Purpose → ARN of each customer-managed key."""
    topic_arn: str
    dashboard_name: str
    alarm_names: tuple[str, ...]
    log_group_names: tuple[str, ...]

    @classmethod
    def parse(cls, outputs: Mapping[str, Any]) -> StackOutputs:
        """Type the outputs that an engine returned.

        Raises:
            EngineError: A name is missing, unknown or of the wrong type; every one is listed.
        """
        try:
            return cls.model_validate(dict(outputs))
        except ValidationError as error:
            kinds = {"missing": "is missing", "extra_forbidden": "is not an output the checks know"}
            lines = sorted(f"{e['loc'][0]} {kinds.get(e['type'], e['msg'])}" for e in error.errors())
            raise EngineError(
                f"The stack's outputs are not those of runbook_lib/outputs.py: {'; '.join(lines)}.",
                remedy="Deploy again with this version of stack/, whose exports.py names the same outputs.",
            ) from error
