"""What each notebook may be told: one strict model per step.

The models are the only definition of the parameters. The command line, papermill and the notebooks themselves (run by hand in
JupyterLab) all validate through them, and a test holds each notebook's ``parameters`` cell to its model.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from runbook_lib.errors import UsageError

EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,20}$")]
"""Also a folder's name, so nothing that could climb out of ``outputs/``."""

RunId = Annotated[str, StringConstraints(pattern=r"^(\d{8}T\d{6}Z-[0-9a-f]{6})?$")]
"""UTC time and random, e.g. ``20261124T031500Z-3f9a1c``; empty stands for "the run in progress, or a new one"."""

Digest = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
"""SHA-256 in hexadecimal."""

Budget = Annotated[Decimal, Field(gt=0, le=1_000_000_000, decimal_places=2)]
"""US dollars a month."""

Share = Annotated[Decimal, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1."""


class StepParameters(BaseModel):
    """What every step takes."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=True)

    environment: EnvironmentName = "staging"
    """Which environment: a file ``notebooks/parameters/<environment>.yaml``."""
    run: RunId = ""
    """The run this step belongs to."""
    rehearsal: bool = False
    """Whether the step goes to the rehearsal that is being kept (``runbook rehearse --keep``), instead of AWS."""


class VersionDiscoveryParameters(StepParameters):
    """Parameters of 01_version_discovery."""

    postgres_major: int = Field(default=14, ge=10, le=30)
    """The PostgreSQL major version asked for; the minor is discovered."""
    postgres_minor: Literal["newest", "oldest"] = "newest"
    """Which of its minors that can be created is taken."""
    min_support_days: int = Field(default=90, ge=0)
    """How many days of standard support engine and runtime must have left."""
    lambda_runtime: Annotated[str, StringConstraints(pattern=r"^python3\.\d+$")] = "python3.13"
    """The Lambda runtime asked for."""
    permissions: Literal["deploy", "read-only", "unasked"] = "deploy"
    """Which of the policies in docs/policies the caller is held to, each with those before it."""


class PlanParameters(StepParameters):
    """Parameters of 02_plan."""

    deletion_limit: int = Field(default=0, ge=0)
    """How many stateful resources the plan may delete or replace."""
    monthly_budget_usd: Budget = Decimal("300.00")
    """What the fixed part of the planned stack may cost in a month of 730 hours."""
    fresh_prices: bool = False
    """Whether a price in use that is older than 90 days, or undated, fails the step instead of being named."""
    unconfirmed_share_limit: Share = Decimal("1.00")
    """The share of the total that may rest on prices which one source alone names, 0 to 1; above it the step fails."""
    budget_warn_share: Share = Decimal("0.90")
    """The share of the budget, 0 to 1, from which on its use is a warning."""


class DeployParameters(StepParameters):
    """Parameters of 03_deploy."""

    plan_digest: Digest = ""
    """The digest that was agreed on; empty takes the one of this run's 02_plan."""


class VerifyParameters(StepParameters):
    """Parameters of 04_verify."""

    drills: bool = False
    """Whether to take away and give back, one after the other, the audit store (for seconds), the database (stopped and started:
    on AWS a quarter of an hour or more) and its secret (for seconds). Payments are answered 503 meanwhile, and alarms go off."""


class CostCheckParameters(StepParameters):
    """Parameters of 05_cost_check."""

    monthly_budget_usd: Budget = Decimal("300.00")
    """What the fixed part of the stack may cost in a month of 730 hours."""
    fresh_prices: bool = False
    """Whether a price in use that is older than 90 days, or undated, fails the step instead of being named."""
    unconfirmed_share_limit: Share = Decimal("1.00")
    """The share of the total that may rest on prices which one source alone names, 0 to 1; above it the step fails."""
    budget_warn_share: Share = Decimal("0.90")
    """The share of the budget, 0 to 1, from which on its use is a warning."""
    actual_costs: bool = False
    """Whether to ask Cost Explorer what the last full days have cost, which AWS charges $0.01 a request for."""


class TeardownParameters(StepParameters):
    """Parameters of 91_teardown."""

    confirm: str = ""
    """The environment's name, typed once more: teardown deletes data."""

    @model_validator(mode="after")
    def _confirmed(self) -> TeardownParameters:
        if self.confirm != self.environment:
            msg = f"confirm is {self.confirm!r}; to delete everything in it, repeat the environment's name: {self.environment!r}"
            raise ValueError(msg)
        return self


STEPS: Mapping[str, type[StepParameters]] = {
    "01_version_discovery": VersionDiscoveryParameters,
    "02_plan": PlanParameters,
    "03_deploy": DeployParameters,
    "04_verify": VerifyParameters,
    "05_cost_check": CostCheckParameters,
    "91_teardown": TeardownParameters,
}
"""Every step, in order, with its parameters."""

FORWARD = tuple(name for name in STEPS if name < "90")
"""The steps of the migration itself; 90 and up undo it."""


def step_named(name: str) -> str:
    """The step meant by its name or a unique beginning of it, e.g. ``02``.

    Raises:
        UsageError: No step, or more than one, begins so.
    """
    found = [step for step in STEPS if step == name or step.startswith(name)]
    if len(found) != 1:
        raise UsageError(f"There is no step {name!r}{_nearest(name, STEPS)}", remedy=f"Steps: {', '.join(STEPS)}.")
    return found[0]


def takers(name: str, steps: Iterable[str]) -> list[str]:
    """The steps that take a parameter of that name.

    Raises:
        UsageError: None does; the nearest name that one of them takes is said.
    """
    known = {step: STEPS[step].model_fields for step in steps}
    found = [step for step, fields in known.items() if name in fields]
    if not found:
        names = dict.fromkeys(field for fields in known.values() for field in fields)
        raise UsageError(f"unknown parameter {name!r}{_nearest(name, names)}", remedy=f"Parameters: {', '.join(names)}.")
    return found


def parse(step: str, given: Mapping[str, Any]) -> StepParameters:
    """Validate what a step was given.

    Args:
        step: The step's full name.
        given: Parameter names and values; text is read as the parameter's type.

    Raises:
        UsageError: A parameter is unknown, missing, or of the wrong type; every such one is named.
    """
    model = STEPS[step]
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        problems = [_problem(model, detail) for detail in error.errors()]
        raise UsageError(f"{step}: " + "; ".join(problems), remedy=f"Parameters: {', '.join(model.model_fields)}.") from error


def _problem(model: type[BaseModel], detail: Any) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"unknown parameter {name!r}{_nearest(name, model.model_fields)}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"parameter {name!r} = {detail['input']!r}: {message}" if name else message


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""
