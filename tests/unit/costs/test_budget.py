"""Budget: the fixed part has to fit, expected usage with it where it is assumed; what comes close is said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from unit.costs.planned import make, price

from runbook_lib import costs
from runbook_lib.results import Finding, Status

NAT = make("ec2/natGateway:NatGateway")  # 32.85, and 0.045 a GB
USAGE = costs.UsageAssumptions.of({"nat_gb": {"low": 0, "expected": 100, "high": 1000}})


def within(budget: str, usage: costs.UsageAssumptions | None = USAGE) -> Finding:
    return costs.affordable(price(NAT, usage=usage), budget=Decimal(budget))[0]


@pytest.mark.parametrize(
    ("budget", "assumed", "status"),
    [("32.85", False, Status.PASS), ("32.84", False, Status.FAIL), ("37.35", True, Status.PASS), ("37.34", True, Status.FAIL)],
)
def test_expected_usage_has_to_fit_where_it_is_assumed(budget: str, status: Status, *, assumed: bool) -> None:
    assert within(budget, USAGE if assumed else None).status is status


def test_the_band_is_told() -> None:
    assert "$37.35 a month (with usage from $32.85 to $77.85)" in within("100").message


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ("41.51", ""),
        ("41.50", "$37.35 a month is 90 % of the budget of $41.50"),
        ("37.35", "is 100 % of the budget"),
        ("37.34", ""),  # over it: a verdict says so
    ],
)
def test_what_comes_close_is_said(budget: str, said: str) -> None:
    usage = costs.UsageAssumptions.of({"nat_gb": 100})
    found = costs.near_budget(price(NAT, usage=usage), budget=Decimal(budget), share=Decimal("0.9"))
    assert (said in found[0]) if said else found == ()


def test_a_high_assumption_over_budget_is_said() -> None:
    (said,) = costs.near_budget(price(NAT, usage=USAGE), budget=Decimal(70), share=Decimal("0.9"))
    assert "usage at its high assumption makes $77.85 a month, budget $70.00" in said


def test_nothing_assumed_is_no_assumption() -> None:
    assert costs.UsageAssumptions.of({}) is None
