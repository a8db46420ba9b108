"""Usage assumptions: what cannot be read from a plan, given as low, expected and high, and never guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from runbook_lib.costs.drivers import DRIVERS
from runbook_lib.costs.model import PlannedResource, Range
from runbook_lib.costs.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_NEW_CONNECTIONS_PER_LCU_HOUR = Decimal(25 * 3600)
_LAMBDA_GB_PER_LCU_HOUR = Decimal("0.4")
_KB_PER_GB = Decimal(1024 * 1024)
_AUDIT_MONTHS = Decimal(3)  # requirement S1 keeps audit objects 90 days


_REQUESTS = ("requests", "gb_seconds", "log_gb", "traces", "s3_puts", "s3_gb")
LEADS_TO = {
    "api_requests": _REQUESTS,
    "alb_requests": (*_REQUESTS, "lcu_hours"),
    "alb_gb": ("lcu_hours",),
    "lambda_ms": ("gb_seconds",),
    "log_kb": ("log_gb",),
    "audit_kb": ("s3_gb",),
    "trace_share": ("traces",),
}
"""What is derived from an assumption (``quantities``)."""


def _spread(value: Any) -> Any:
    """Let a plain number stand for a range of itself."""
    return {"low": value, "expected": value, "high": value} if isinstance(value, int | float | str | Decimal) else value


class Assumption(Range):
    """Low, expected and high of one monthly quantity, in that order."""

    @model_validator(mode="after")
    def _ordered(self) -> Assumption:
        if not 0 <= self.low <= self.expected <= self.high:
            msg = f"0 <= low <= expected <= high does not hold for {self.low}, {self.expected}, {self.high}"
            raise ValueError(msg)
        return self


def _share(assumed: Assumption | None) -> Assumption | None:
    """Refuse more than all."""
    if assumed is not None and assumed.high > 1:
        msg = f"{assumed.high} is more than all: a share is 0 to 1"
        raise ValueError(msg)
    return assumed


Each = Annotated[Assumption, BeforeValidator(_spread)]
Maybe = Annotated[Assumption | None, BeforeValidator(_spread)]


class UsageAssumptions(BaseModel):
    """What a month's usage is assumed to be; whatever is ``None`` stays "depends on usage".

    A driver by itself is the whole stack's, however many resources share it. Under a type (``aws:sqs/queue:Queue``) it is each
    such resource's, under a type and a name (``aws:sqs/queue:Queue::orders``) that one's; what is said more closely counts.

    Linked quantities of the stack are derived once, in ``quantities``: requests lead to Lambda calls and GB-seconds, logs,
    traces, audit objects and load balancer units.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_requests: Maybe = None
    """Calls of the REST API."""
    alb_requests: Maybe = None
    """Requests through the load balancer, each on a connection of its own."""
    alb_gb: Maybe = None
    """GB through the load balancer, both ways."""
    lambda_ms: Maybe = None
    """Average duration of the function, milliseconds."""
    log_kb: Maybe = None
    """KB of log text a request leaves behind, all log groups together."""
    audit_kb: Maybe = None
    """KB of the audit object a request leaves behind."""
    trace_share: Annotated[Assumption | None, BeforeValidator(_spread), AfterValidator(_share)] = None
    """Share of requests that X-Ray samples, 0 to 1."""
    nat_gb: Maybe = None
    endpoint_gb: Maybe = None
    cross_az_gb: Maybe = None
    """GB between zones; each direction is a GB of its own."""
    internet_gb: Maybe = None
    flow_log_gb: Maybe = None
    backup_gb: Maybe = None
    """Backup storage beyond the free allocation (the size of the database)."""
    cpu_credit_hours: Maybe = None
    """vCPU-hours a burstable database runs beyond its credits."""
    kms_requests: Maybe = None
    key_rotations: Maybe = None
    """Rotated key versions that are charged (the first two of each key)."""
    secret_requests: Maybe = None
    s3_gets: Maybe = None
    sns_requests: Maybe = None
    sns_emails: Maybe = None
    sns_posts: Maybe = None
    """HTTP/S deliveries."""
    custom_metrics: Maybe = None
    archive_gb: Maybe = None
    """GB in Glacier Instant Retrieval."""
    others: dict[str, Each] = {}
    """The stack's other drivers (``drivers.DRIVERS``); they are given beside those above."""
    each: dict[str, dict[str, Each]] = {}
    """Drivers by type, or by type and name; the same."""

    @model_validator(mode="before")
    @classmethod
    def _by_kind(cls, given: Any) -> Any:
        """Take apart what an environment's file says in one mapping; what nobody knows is left for the fields to refuse."""
        if not isinstance(given, dict):
            return given
        if inner := given.keys() & {"others", "each"}:
            raise ValueError(f"{', '.join(sorted(inner))}: no rule charges for that")
        others = {name: value for name, value in given.items() if name in DRIVERS and name not in cls.model_fields}
        each = {name: value for name, value in given.items() if ":" in name}
        _known(each)
        return {**{name: value for name, value in given.items() if name not in others | each}, "others": others, "each": each}

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> UsageAssumptions | None:
        """What an environment's file assumes; ``None`` where it assumes nothing.

        Raises:
            ValidationError: A driver is unknown, or its low, expected and high are in no order.
        """
        return cls.model_validate(given) if given else None

    def own(self, resource: PlannedResource) -> dict[str, tuple[str, Range]]:
        """What is assumed of one resource alone: by driver, what says so and the quantity."""
        found: dict[str, tuple[str, Range]] = {}
        for said in (resource.type, f"{resource.type}::{resource.name}"):
            found |= {driver: (f"{said}.{driver}", quantity) for driver, quantity in self.each.get(said, {}).items()}
        return found

    def unmet(self, charged: Collection[str]) -> list[str]:
        """What is assumed of the whole stack and leads to nothing that is charged.

        Args:
            charged: The drivers that something in the stack is charged by.
        """
        given = {name for name in type(self).model_fields if isinstance(getattr(self, name), Assumption)} | self.others.keys()
        return sorted(name for name in given if not {name, *LEADS_TO.get(name, ())}.intersection(charged))

    @property
    def closer(self) -> frozenset[str]:
        """All that is said more closely than for the whole stack, e.g. ``aws:sqs/queue:Queue.sqs_requests``."""
        return frozenset(f"{said}.{driver}" for said, drivers in self.each.items() for driver in drivers)

    def quantities(self, *, memory_mb: Decimal | None) -> dict[str, Range]:
        """The monthly quantity of every driver that can be known.

        Args:
            memory_mb: Memory of the function that answers requests.

        Returns:
            Driver names, as the rules use them, with their ranges.
        """
        found = {name: getattr(self, name) for name in type(self).model_fields if name not in {"others", "each"}}
        requests = _each(lambda *n: sum(n, Decimal(0)), *filter(None, (self.api_requests, self.alb_requests)))
        derived: dict[str, Range | None] = {
            "requests": requests,
            "gb_seconds": None
            if memory_mb is None
            else _each(lambda n, ms: n * ms / 1000 * memory_mb / 1024, requests, self.lambda_ms),
            "log_gb": _each(lambda n, kb: n * kb / _KB_PER_GB, requests, self.log_kb),
            "traces": _each(lambda n, share: n * share, requests, self.trace_share),
            "s3_puts": requests,
            "s3_gb": _each(lambda n, kb: n * kb / _KB_PER_GB * _AUDIT_MONTHS, requests, self.audit_kb),
            # A unit is 25 new connections a second or 0.4 GB an hour to Lambda targets, whichever is more.
            "lcu_hours": _each(
                lambda n, gb: max(n / _NEW_CONNECTIONS_PER_LCU_HOUR, gb / _LAMBDA_GB_PER_LCU_HOUR),
                self.alb_requests,
                self.alb_gb,
            ),
        }
        return {name: value for name, value in (found | derived | self.others).items() if value}


def _known(each: Mapping[str, Any]) -> None:
    """Refuse a type or a driver that no price rule has.

    Raises:
        ValueError: There is one.
    """
    types = {said: said.partition("::")[0] for said in each}
    wrong = [f"{said}: there is no price rule for {type_}" for said, type_ in types.items() if type_ not in RULES]
    wrong += [
        f"{said}.{driver}: no rule charges for that"
        for said, drivers in each.items()
        for driver in (drivers if isinstance(drivers, dict) else ())
        if driver not in DRIVERS
    ]
    if wrong:
        raise ValueError("; ".join(wrong))


def _each(formula: Callable[..., Decimal], *inputs: Range | None) -> Range | None:
    """Apply a formula to the lows, the expecteds and the highs; ``None`` if any input is unknown."""
    if not inputs or any(value is None for value in inputs):
        return None
    low, expected, high = (formula(*(getattr(value, point) for value in inputs)) for point in ("low", "expected", "high"))
    return Range(low=low, expected=expected, high=high)
