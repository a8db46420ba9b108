"""05_cost_check holds what is deployed to the budget and to what was planned."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from unit.costs.cloud import PROVIDER, Cloud, database, nat
from unit.costs.planned import DATABASE
from unit.steps.stand_in import NOW, FakeEngine, FakeRun, context, judged, outcome, resource

from runbook_lib import steps
from runbook_lib.parameters import CostCheckParameters
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.steps.outcome import Report

NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:dynamodb/table:Table"
KEY = "aws:kms/key:Key"


def state_of(one: dict[str, Any]) -> dict[str, Any]:
    """A resource as an exported deployment has it; its name is its id."""
    name = one["urn"].rsplit("::", 1)[-1]
    return {"urn": one["urn"], "type": one["type"], "id": name, "provider": one["provider"], "inputs": one["new"]["inputs"]}


def report(
    folder: Path, planned: list[dict[str, Any]], live: list[dict[str, Any]], clock: datetime = NOW, aws: Any = None, **told: Any
) -> Report:
    operations = [operation.model_dump(mode="json") for operation in outcome(*planned).plan.operations]
    run = FakeRun(folder, {"02_plan": {"operations": operations}})
    state = [state_of(one) for one in live]
    cloud = Cloud(
        nat_gateways=[nat(each["id"]) for each in state if each["type"] == NAT],
        databases=[database(each["id"]) for each in state if each["type"] == "aws:rds/instance:Instance"],
    )
    surroundings = replace(context(run, FakeEngine(resources=[PROVIDER, *state]), aws or cloud), clock=lambda: clock)
    return inspect.unwrap(steps.cost_check)(surroundings, CostCheckParameters(**told))


def check(folder: Path, planned: list[dict[str, Any]], live: list[dict[str, Any]], budget: str = "300.00") -> dict[str, Finding]:
    return judged(report(folder, planned, live, monthly_budget_usd=Decimal(budget)).findings)


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


def test_what_costs_more_by_today_is_a_warning_and_no_verdict(tmp_path: Path) -> None:
    """A rehearsal is judged for the day of its record; today PostgreSQL 14 is in Extended Support, at 292.00 more."""
    lifecycle = "open-source-rds-extended-support"
    database = [resource("aws:rds/instance:Instance", "db", **{**DATABASE, "engineLifecycleSupport": lifecycle})]
    told = report(tmp_path, database, database, datetime(2027, 9, 1, tzinfo=UTC), monthly_budget_usd=Decimal("110.85"))
    assert (told.data["fixed_usd"], told.data["planned_fixed_usd"]) == ("110.850", "110.850")
    found = judged(told.findings)
    assert {found[name].status for name in ("cost_within_budget", "cost_as_planned")} == {Status.PASS}
    assert any("2027-09-01" in warning and "$292.00 over budget" in warning for warning in told.warnings or ())


@pytest.mark.parametrize(("fresh", "status"), [(False, Status.PASS), (True, Status.FAIL)])
def test_old_prices_fail_where_fresh_ones_were_asked_for(tmp_path: Path, *, fresh: bool, status: Status) -> None:
    """A key's price is of 2025-08-28."""
    one = [resource(KEY, "k")]
    found = judged(report(tmp_path, one, one, fresh_prices=fresh).findings)["price_list_fresh"]
    assert (found.status, "kms.key" in found.message) == (status, True), found.message


@pytest.mark.parametrize(("limit", "status"), [("0.95", Status.FAIL), ("0.96", Status.PASS)])
def test_what_may_rest_on_one_source_is_what_the_operator_said(tmp_path: Path, limit: str, status: Status) -> None:
    """105.85 of 110.85 rest on the price of the database: 95.5 %."""
    one = [resource("aws:rds/instance:Instance", "db", **DATABASE)]
    found = judged(report(tmp_path, one, one, unconfirmed_share_limit=Decimal(limit)).findings)["prices_confirmed"]
    assert (found.status, "rds.pg.db.t3.medium.multi" in found.message) == (status, True), found.message


def test_what_is_live_beside_the_state_fails(tmp_path: Path) -> None:
    one = [resource(NAT, "a")]
    found = judged(report(tmp_path, one, one).findings)["live_as_in_state"]
    assert (found.status, "1 x NAT gateway" in found.message) == (Status.PASS, True), found.message
    found = judged(report(tmp_path, one, one, aws=Cloud(nat_gateways=[nat("a"), nat("b")])).findings)["live_as_in_state"]
    assert (found.status, found.resource, "$32.85 a month more" in found.message) == (Status.FAIL, "b", True), found.message


@pytest.mark.parametrize(("wanted", "said"), [(False, 0), (True, 1)])
def test_what_it_has_cost_is_asked_for_on_demand_only(tmp_path: Path, *, wanted: bool, said: int) -> None:
    one = [resource(NAT, "a")]
    told = report(tmp_path, one, one, actual_costs=wanted).warnings or ()
    assert sum("not known: an emulated AWS charges nothing" in warning for warning in told) == said
