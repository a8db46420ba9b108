"""What a plan changes about the monthly bill: now, after, and charge by charge."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from runbook_lib import costs
from runbook_lib.costs.model import Range

if TYPE_CHECKING:
    from datetime import date

    from runbook_lib.plan import Operation, Plan

FRESH = frozenset({"create", "import", "read"})
"""Operations on what the stack does not hold yet."""


class CostChange(BaseModel):
    """Fixed cost in US dollars a month, unrounded, of what there is and of what the plan leaves.

    Attributes:
        usage: What usage adds at its assumptions; ``None`` where none were given.
        forgotten: What is only taken off Pulumi's record and goes on costing: no part of ``after``.
        not_priced_now: What is there and has no price, so that ``now`` is at least that.
        not_priced: What the plan leaves and has no price, so that ``after`` is at least that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    now: Decimal
    after: Decimal
    charges: tuple[costs.Change, ...]
    usage: Range | None = None
    forgotten: tuple[str, ...] = ()
    not_priced_now: tuple[str, ...]
    not_priced: tuple[str, ...]


def change_of_cost(plan: Plan, after: costs.Estimate, *, region: str, today: date) -> CostChange:
    """Compare what a plan starts from with what it leaves.

    Args:
        plan: The plan; its old inputs are what there is now.
        after: The estimate of what it leaves.
        region: The AWS region.
        today: The day that prices and support dates are judged for.
    """
    before = costs.estimate([_as_it_is(op) for op in plan.operations if op.op not in FRESH], region=region, today=today)
    found = costs.diff(before, after)
    retained = [_as_it_is(op) for op in plan.operations if op.op in {"delete", "replace"} and op.retain]
    kept = costs.estimate(retained, region=region, today=today)
    return CostChange(
        now=found.before,
        after=found.after,
        charges=found.changes,
        usage=after.usage,
        forgotten=(*_charged(kept), *_open(kept)),
        not_priced_now=_open(before),
        not_priced=_open(after),
    )


def _as_it_is(op: Operation) -> Operation:
    # What an earlier replacement left has the URN of what took its place, and costs beside it.
    urn = f"{op.urn} (left)" if op.op == "delete" else op.urn
    return op.model_copy(update={"op": "same", "inputs": op.old_inputs or op.inputs, "urn": urn})


def _charged(estimate: costs.Estimate) -> list[str]:
    """What is fixed or provisioned, resource by resource."""
    return [
        f"{x.resource} ({x.type}): {x.what}, {costs.dollars(x.monthly)} a month" for x in estimate.lines if x.monthly is not None
    ]


def _open(estimate: costs.Estimate) -> tuple[str, ...]:
    return tuple(f"{each.name} ({each.type}): {each.what}, {each.reason}" for each in estimate.unpriced)
