"""05_cost_check holds what is deployed to the budget and to what was planned."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from unit.steps.stand_in import FakeEngine, FakeRun, context, judged, outcome, resource

from runbook_lib import steps
from runbook_lib.parameters import CostCheckParameters
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from pathlib import Path

NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:dynamodb/table:Table"


def check(folder: Path, planned: list[dict[str, Any]], live: list[dict[str, Any]], budget: str = "300.00") -> dict[str, Finding]:
    operations = [operation.model_dump(mode="json") for operation in outcome(*planned).plan.operations]
    run = FakeRun(folder, {"02_plan": {"operations": operations}})
    state = [
        {"urn": one["urn"], "type": one["type"], "provider": one["provider"], "inputs": one["new"]["inputs"]} for one in live
    ]
    known = CostCheckParameters(monthly_budget_usd=Decimal(budget))
    return judged(inspect.unwrap(steps.cost_check)(context(run, FakeEngine(resources=state)), known).findings)


def test_what_is_deployed_costs_what_was_planned(tmp_path: Path) -> None:
    nats = [resource(NAT, "a"), resource(NAT, "b")]
    found = check(tmp_path, nats, nats)
    assert (found["cost_as_planned"].status, found["cost_within_budget"].status) == (Status.PASS, Status.PASS)
    assert "$65.70" in found["cost_as_planned"].message


def test_what_is_dearer_or_cheaper_than_planned_fails(tmp_path: Path) -> None:
    one, two = [resource(NAT, "a")], [resource(NAT, "a"), resource(NAT, "b")]
    dearer, cheaper = check(tmp_path, one, two)["cost_as_planned"], check(tmp_path, two, one)["cost_as_planned"]
    assert (dearer.status, "+$32.85" in dearer.message) == (Status.FAIL, True), dearer.message
    assert (cheaper.status, "-$32.85" in cheaper.message) == (Status.FAIL, True), cheaper.message


def test_what_nobody_planned_and_nobody_can_price_fails(tmp_path: Path) -> None:
    one = [resource(NAT, "a")]
    found = check(tmp_path, one, [*one, resource(TABLE, "t")])
    assert (found["cost_as_planned"].status, found["cost_complete"].status) == (Status.FAIL, Status.UNKNOWN)


def test_over_budget_fails(tmp_path: Path) -> None:
    one = [resource(NAT, "a")]
    assert check(tmp_path, one, one, "32.84")["cost_within_budget"].status is Status.FAIL
    assert check(tmp_path, one, one, "32.85")["cost_within_budget"].status is Status.PASS
