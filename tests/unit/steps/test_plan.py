"""02_plan judges what the engine previews by what 01 found out, for the day that 01 judged for, and fixes the plan as it is."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from botocore.exceptions import ClientError
from unit.costs.planned import DATABASE
from unit.gates.healthy_plan import HEALTHY, replacing, with_inputs
from unit.runs import create, finish
from unit.steps.stand_in import FakeAws, FakeEngine, FakeRun, context, judged, outcome, resource
from unit.versions import judging

from runbook_lib import filing, policy_packs, redaction, saved_plan, settings, steps
from runbook_lib.engine_events import Outcome
from runbook_lib.errors import UsageError
from runbook_lib.parameters import PlanParameters
from runbook_lib.plan import Plan
from runbook_lib.results import Status, StepResult
from runbook_lib.steps.plan import agreed_plan

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.steps.outcome import Report

FOUND = judging.judged()
CHOSEN = FOUND.engine_version
LATER = datetime(2027, 9, 1, tzinfo=UTC)
"""A day on which PostgreSQL 14 is in Extended Support."""


class Gateway:
    """API Gateway of an account that has this logging role."""

    def __init__(self, role: str) -> None:
        self._role = role

    def get_account(self) -> dict[str, Any]:
        return {"cloudwatchRoleArn": self._role} if self._role else {}

    def get_role(self, **_: str) -> dict[str, Any]:
        return {}


def plan(
    folder: Path, preview: Plan, *, clock: datetime = LATER, warnings: tuple[str, ...] = (), saves: bytes | None = b"{}",
    listed: Any = None, role: str = "arn:aws:iam::1:role/another-team", endpoint: str | None = "http://127.0.0.1:1", **known: Any,
) -> Report:  # fmt: skip
    """What 02 comes to if the engine previews this, and 01 found ``FOUND``."""
    run = FakeRun(folder, {"01_version_discovery": {**FOUND.model_dump(mode="json"), "warnings": []}}, endpoint)
    engine = FakeEngine(saves, preview=Outcome(plan=preview, done=(), warnings=warnings), resources=[])
    surroundings = replace(
        context(run, engine, FakeAws(listed=listed, apigateway=Gateway(role), iam=Gateway(role))), clock=lambda: clock
    )
    report = inspect.unwrap(steps.plan)(surroundings, PlanParameters(environment="staging", **known))
    assert set(engine.asked) <= {"preview", "resources"}  # nothing that changes anything
    return report


def asking_for(version: str) -> Plan:
    return with_inputs("database", engineVersion=version)


def test_a_plan_with_the_version_that_was_found_passes_and_is_kept_whole(tmp_path: Path) -> None:
    previewed = asking_for(CHOSEN)
    report = plan(tmp_path, previewed, warnings=("a diagnostic",))
    assert {finding.check: finding.message for finding in report.findings if finding.status is not Status.PASS} == {}
    assert (report.data["digest"], report.data["warnings"]) == (previewed.digest, ["a diagnostic"])
    assert report.data["counts"] == {"create": len(HEALTHY.operations)}
    assert agreed_plan(FakeRun(tmp_path, {"02_plan": dict(report.data)})) == previewed


def test_the_plan_that_pulumi_saves_is_a_record_of_the_attempt(tmp_path: Path) -> None:
    told = plan(tmp_path, asking_for(CHOSEN)).data["update_plan"]
    assert (tmp_path / told["file"]).read_bytes() == b"{}"
    assert told["sha256"] == hashlib.sha256(b"{}").hexdigest()
    assert "02_plan.update-plan.json" in filing.records(FakeRun(tmp_path, {}), "02_plan", 1)


def test_where_the_command_saves_no_plan_the_record_says_so(tmp_path: Path) -> None:
    report = plan(tmp_path, asking_for(CHOSEN), saves=None)
    assert report.data["update_plan"] == {"why_not": "this command takes no saved plans"}
    assert not list(tmp_path.glob("*update-plan*"))


def test_a_saved_plan_with_a_secret_in_clear_is_not_kept(tmp_path: Path) -> None:
    redaction.register("Tr0ub4dor&3-zeta")
    report = plan(tmp_path, asking_for(CHOSEN), saves=b'{"a": "Tr0ub4dor&3-zeta"}')
    assert report.data["update_plan"] == {"why_not": saved_plan.IN_CLEAR}
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"Tr0ub4dor" in path.read_bytes()]


def test_the_preview_is_of_the_version_that_was_found(tmp_path: Path) -> None:
    plan(tmp_path, asking_for(CHOSEN))
    config = yaml.safe_load((tmp_path / "workspace/Pulumi.staging.yaml").read_text())["config"]
    assert (config["payments:engineVersion"], config["payments:lambdaRuntime"]) == (CHOSEN, "python3.13")


@pytest.mark.parametrize(("version", "status"), [("14.9", Status.FAIL), ("12.22", Status.UNKNOWN), ("14", Status.FAIL)])
def test_a_version_that_cannot_be_created_or_of_which_nobody_says_so_does_not_pass(
    tmp_path: Path, version: str, status: Status
) -> None:
    finding = judged(plan(tmp_path, asking_for(version)).findings)["engine_version_offered"]
    assert (finding.status, CHOSEN in finding.message) == (status, True)


def test_the_day_of_the_catalogue_is_told(tmp_path: Path) -> None:
    for version in (CHOSEN, "1.0"):
        (tmp_path / version).mkdir()
        said = judged(plan(tmp_path / version, asking_for(version)).findings)["engine_version_offered"].message
        assert f"{FOUND.source}, {FOUND.as_of}" in said


def test_what_carries_the_stack_s_tags_already_and_is_not_in_its_state_fails(tmp_path: Path) -> None:
    found = judged(plan(tmp_path, asking_for(CHOSEN), listed=["arn:aws:s3:::there"]).findings)["stack_is_nowhere_else"]
    assert (found.status, "arn:aws:s3:::there" in found.message) == (Status.FAIL, True)


def test_an_account_that_does_not_say_what_is_there_is_unknown(tmp_path: Path) -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetResources")
    found = judged(plan(tmp_path, asking_for(CHOSEN), listed=refused).findings)["stack_is_nowhere_else"]
    assert (found.status, "tag:GetResources" in found.remedy) == (Status.UNKNOWN, True)


def test_a_stage_that_cannot_log_fails(tmp_path: Path) -> None:
    """HEALTHY has a stage and leaves the account's setting to others."""
    assert judged(plan(tmp_path, asking_for(CHOSEN), role="").findings)["logging_role_is_free"].status is Status.FAIL


@pytest.mark.parametrize(("limit", "status"), [(0, Status.FAIL), (1, Status.PASS)])
def test_what_may_be_lost_is_what_the_operator_said(tmp_path: Path, limit: int, status: Status) -> None:
    found = judged(plan(tmp_path, replacing("database", op="replace"), deletion_limit=limit).findings)
    assert found["deletions_within_limit"].status is status


def test_no_more_may_be_lost_where_nobody_said_anything(tmp_path: Path) -> None:
    found = judged(plan(tmp_path, replacing("database", op="replace")).findings)
    assert found["deletions_within_limit"].status is Status.FAIL


@pytest.mark.parametrize(("budget", "status"), [("110.84", Status.FAIL), ("110.85", Status.PASS)])
def test_a_plan_over_budget_fails_before_anything_is_there(tmp_path: Path, budget: str, status: Status) -> None:
    database = outcome(resource("aws:rds/instance:Instance", "db", **DATABASE)).plan
    report = plan(tmp_path, database, monthly_budget_usd=Decimal(budget))
    assert judged(report.findings)["cost_within_budget"].status is status
    assert report.data["budget_usd"] == budget


@pytest.mark.parametrize(("limit", "status"), [("0.95", Status.FAIL), ("0.96", Status.PASS)])
def test_what_may_rest_on_one_source_is_decided_before_anything_is_there(tmp_path: Path, limit: str, status: Status) -> None:
    """105.85 of 110.85 rest on the price of the database: 95.5 %."""
    database = outcome(resource("aws:rds/instance:Instance", "db", **DATABASE)).plan
    report = plan(tmp_path, database, unconfirmed_share_limit=Decimal(limit))
    assert judged(report.findings)["prices_confirmed"].status is status


def test_old_prices_fail_a_plan_where_fresh_ones_were_asked_for(tmp_path: Path) -> None:
    database = outcome(resource("aws:rds/instance:Instance", "db", **DATABASE)).plan
    assert judged(plan(tmp_path, database, fresh_prices=True).findings)["price_list_fresh"].status is Status.FAIL


def test_a_plan_that_cannot_be_priced_is_not_within_its_budget(tmp_path: Path) -> None:
    found = judged(plan(tmp_path, with_inputs("database", instanceClass="db.unheard.of")).findings)
    assert {found[name].status for name in ("cost_within_budget", "cost_complete")} == {Status.UNKNOWN}


@pytest.mark.parametrize("clock", [LATER, datetime(2026, 10, 20, tzinfo=UTC)], ids=["later", "that day"])
def test_the_estimate_is_for_the_day_that_is_judged(tmp_path: Path, clock: datetime) -> None:
    """Instance, 20 GB and a secret: 105.85 + 4.60 + 0.40. Extended Support is another 292.00 once it is charged."""
    lifecycle = "open-source-rds-extended-support"
    database = resource("aws:rds/instance:Instance", "db", **{**DATABASE, "engineLifecycleSupport": lifecycle})
    report = plan(tmp_path, outcome(database).plan, clock=clock)
    assert Decimal(report.data["monthly_fixed_usd"]) == Decimal("110.85")


def test_the_page_to_decide_on_is_made_of_what_goes_on_record(tmp_path: Path) -> None:
    """Saved and read back: what the notebook shows, anybody can make of the records later."""
    group = "aws:cloudwatch/logGroup:LogGroup"
    report = plan(tmp_path, outcome(resource(group, "b"), resource(group, "a"), resource(group, "c", "delete")).plan)
    told = StepResult(
        step="02_plan",
        started=LATER,
        finished=LATER,
        parameters={},
        findings=report.findings,
        data=dict(report.data) | {"warnings": []},
    )
    again = StepResult.model_validate(told.model_dump(mode="json", exclude={"status"}, by_alias=True))
    assert report.page is not None
    shown = report.page(again)
    assert shown == report.page(told)
    assert "| create | 2 |" in shown
    assert f"| **delete** | <code>{group}</code> <code>c</code> | lost |" in shown
    assert FOUND.engine_version in shown
    assert str(report.data["digest"]) in shown


@pytest.mark.parametrize("status", [Status.FAIL, Status.UNKNOWN])
def test_a_plan_that_did_not_pass_is_agreed_on_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: Status) -> None:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    run = create()
    finish(run, "02_plan", status, operations=HEALTHY.model_dump(mode="json")["operations"])
    with pytest.raises(UsageError, match=f"02_plan is {status}"):
        agreed_plan(run)
    finish(run, "02_plan", operations=HEALTHY.model_dump(mode="json")["operations"])
    assert agreed_plan(run) == HEALTHY


def test_packs_that_this_engine_cannot_run_are_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_packs, "named", lambda _: (tmp_path / "bank",))
    unread = [finding for finding in plan(tmp_path, asking_for(CHOSEN)).findings if finding.status is Status.UNKNOWN]
    assert [(finding.check, finding.resource) for finding in unread] == [("policy_packs_passed", "bank")]


@pytest.mark.parametrize(
    ("region", "endpoint", "expected"),
    [
        ("us-east-1", None, []),
        ("eu-central-1", None, ["load_balancers_speak_tls"]),
        ("eu-central-1", "http://127.0.0.1:1", []),
    ],
)
def test_the_gates_are_told_where_the_plan_goes(tmp_path: Path, region: str, endpoint: str | None, expected: list[str]) -> None:
    """A certificate of another region cannot be used; in a rehearsal it may be an example."""
    previewed = with_inputs("web", protocol="HTTPS", certificateArn=f"arn:aws:acm:{region}::certificate/1")
    report = plan(tmp_path, previewed, endpoint=endpoint)
    assert [found.check for found in report.findings if found.resource == "web" and found.status is not Status.PASS] == expected
