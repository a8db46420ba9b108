"""What a plan changes about the bill: everything that is there counts as there, and what stays behind is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from unit.decision.planned import replaced, step

from runbook_lib import costs
from runbook_lib.decision import causes
from runbook_lib.decision.costs import CostChange, change_of_cost
from runbook_lib.plan import Plan

VOLUME, DAY = "aws:ebs/volume:Volume", date(2026, 11, 24)
SMALL: dict[str, Any] = {"size": 100, "type": "gp3"}
LARGE = SMALL | {"size": 1000}


def changed(*steps: dict[str, Any]) -> tuple[CostChange, Plan]:
    plan = Plan.of(list(steps))
    after = costs.estimate(plan.operations, region="us-east-1", today=DAY)
    return change_of_cost(plan, after, region="us-east-1", today=DAY), plan


def test_what_an_earlier_replacement_left_costs_until_it_is_deleted() -> None:
    for order in (1, -1):
        steps = [step("same", VOLUME, "d", SMALL, SMALL), step("delete", VOLUME, "d", LARGE)][::order]
        found, _ = changed(*steps)
        assert (found.now, found.after) == (Decimal("88.00"), Decimal("8.00"))
        assert [(each.sign, each.before, each.after) for each in found.charges] == [("-", Decimal("80.00"), Decimal(0))]


def test_what_a_replacement_leaves_in_aws_goes_on_costing() -> None:
    """Whether it stays, the old one's own ``retainOnDelete`` says: Pulumi deletes by what is on its record."""
    for flags, stays in (({"retainOnDelete": True}, True), ({}, False)):
        steps = replaced(VOLUME, "d", SMALL, LARGE, keys=["size"])
        for each in steps:
            each["old"] |= flags
        found, plan = changed(*steps)
        assert bool(found.forgotten) is stays
        [cause] = causes(plan, {})
        assert cause.data == ("kept: only the record is deleted (retainOnDelete)" if stays else "lost")
    only_new = replaced(VOLUME, "d", SMALL, LARGE, keys=["size"])
    for each in only_new:
        each["new"] |= {"retainOnDelete": True}
    assert changed(*only_new)[0].forgotten == ()
