"""A whole rehearsal, looked at from outside: the records, the emulator's state, a second update, drift."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import nbformat
import pytest
from e2e.kept import Kept, rehearsal

from runbook_lib import parameters
from runbook_lib.engine import Engine
from runbook_lib.preflight import permissions
from runbook_lib.rehearsal import policies
from runbook_lib.results import Status, StepResult
from runbook_lib.run import Run
from runbook_lib.snapshot.drift import Drift

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """One rehearsal, kept while the tests of this module look at it; none of them changes it."""
    with rehearsal(tmp_path_factory.mktemp("e2e") / "outputs") as found:
        yield found


@pytest.fixture(scope="module")
def run(kept: Kept) -> Run:
    return kept.run


class TestRecords:
    def test_five_steps_pass_and_the_run_says_where_its_evidence_is(self, kept: Kept, run: Run) -> None:
        printed = kept.printed
        passed = [line.split()[1] for line in printed.splitlines() if line.startswith("PASS")]
        assert passed == list(parameters.FORWARD)
        assert f"Evidence: {run.directory}" in printed
        assert "s from the emulator's start to the last record" in printed

    def test_five_notebooks_and_results_agree(self, run: Run) -> None:
        results = {step: StepResult.load(run.record(step, 1, ".json")) for step in parameters.FORWARD}
        for step, result in results.items():
            notebook = nbformat.read(run.record(step, 1, ".ipynb"), as_version=4)
            assert notebook.metadata.runbook["state"] == "ok"
            assert result.status is Status.PASS
            shown = "\n".join(str(output) for cell in notebook.cells for output in cell.get("outputs", ()))
            tally = result.summary().partition(": ")[2]  # 02 shows a page of its own around it
            assert (result.summary() in shown) or (step == "02_plan" and f"**Verdict: PASS** ({tally})" in shown)
        version = results["01_version_discovery"].data["engine_version"]
        planned = [op for op in results["02_plan"].data["operations"] if op["type"] == "aws:rds/instance:Instance"]
        assert [op["inputs"]["engineVersion"] for op in planned] == [version]
        assert results["03_deploy"].data["digest"] == results["02_plan"].data["digest"]
        cells = nbformat.read(run.record("02_plan", 1, ".ipynb"), as_version=4).cells
        assert results["02_plan"].data["digest"] in str([cell.get("outputs") for cell in cells])
        assert results["03_deploy"].data["counts"]["create"] == results["02_plan"].data["counts"]["create"]
        assert results["05_cost_check"].data["fixed_usd"] == results["02_plan"].data["monthly_fixed_usd"]

    def test_ledger_holds_every_step_in_order(self, run: Run) -> None:
        ended = [event["step"] for event in run.ledger.events() if event["event"] == "notebook.ended"]
        assert ended == list(parameters.FORWARD)
        assert list(run.ledger.events())[-1]["event"] == "run.finished"

    def test_verify_ran_every_kind_of_check(self, run: Run) -> None:
        findings = StepResult.load(run.record("04_verify", 1, ".json")).findings
        assert len({finding.check for finding in findings}) >= 20
        assert all(finding.status is Status.PASS for finding in findings)

    def test_no_alarm_is_made_before_the_database_that_it_watches(self, run: Run) -> None:
        """Silence of a database is an alarm, and what is not there yet is silent."""
        plans = json.loads(run.record("02_plan", 1, ".update-plan.json").read_text())["resourcePlans"]
        goals = [each["goal"] for urn, each in plans.items() if "metricAlarm" in urn]
        silent = {goal["name"] for goal in goals if goal["inputDiff"]["adds"]["treatMissingData"] == "breaching"}
        after = {goal["name"] for goal in goals if any("aws:rds/instance:Instance" in urn for urn in goal["dependencies"])}
        assert silent == {"database-cpu", "database-storage", "database-connections"}
        assert after == silent


class TestPolicies:
    def test_the_published_policies_allow_what_was_asked_for(self, kept: Kept, run: Run) -> None:
        """After a step asks AWS for something new: ``make policies``."""
        asked = policies.asked(kept.actions.read_text().splitlines(), run.ledger.events())
        assert min(map(len, asked.values())) > 0
        allowed: set[str] = set()
        for name in ("read-only", "deploy", "drills"):  # each in addition to those before it
            allowed |= {action for listed in permissions.published(name).values() for action in listed}
            assert asked[name] - allowed == set(), name


class TestWorld:
    def test_an_independent_client_sees_the_stack(self, kept: Kept, run: Run) -> None:
        outputs = StepResult.load(run.record("03_deploy", 1, ".json")).data["outputs"]
        subnets = kept.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [outputs["vpc_id"]]}])["Subnets"]
        assert {subnet["SubnetId"] for subnet in subnets} == {*outputs["public_subnet_ids"], *outputs["private_subnet_ids"]}
        instance = kept.client("rds").describe_db_instances(DBInstanceIdentifier=outputs["rds_identifier"])["DBInstances"][0]
        assert instance["EngineVersion"] == outputs["rds_engine_version"]
        assert kept.client("s3").get_bucket_versioning(Bucket=outputs["audit_bucket_name"])["Status"] == "Enabled"
        deployed = StepResult.load(run.record("03_deploy", 1, ".json")).data["counts"]
        assert deployed["create"] >= 80

    def test_a_second_update_changes_nothing(self, kept: Kept, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        with kept.inside(monkeypatch):
            outcome = Engine(run).up()
        assert set(outcome.plan.counts()) == {"same"}
        assert outcome.plan.counts()["same"] >= 80

    def test_a_refresh_finds_no_drift(self, kept: Kept, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        with kept.inside(monkeypatch):
            outcome = Engine(run).drift()
        drift = Drift.of(outcome.plan)
        assert drift.resources >= 80
        assert drift.changed == {}

    def test_health_is_answered_through_the_load_balancer(self, run: Run) -> None:
        name = StepResult.load(run.record("03_deploy", 1, ".json")).data["outputs"]["alb_dns_name"]
        answer = httpx.get(f"{run.facts.target.endpoint}/health", headers={"Host": name}, timeout=30)
        assert answer.status_code == 200

    def test_second_kept_rehearsal_is_refused(self, kept: Kept) -> None:
        code, printed = kept.runbook("rehearse", "--keep")
        assert code == 2
        assert "kept already" in printed
