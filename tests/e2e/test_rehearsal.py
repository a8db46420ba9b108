"""A whole rehearsal, looked at from outside: the records, the emulator's state, a second update, and the teardown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import httpx
import nbformat
import pytest
from e2e.conftest import Runbook, of_this_rehearsal

from runbook_lib import operations, parameters, runner
from runbook_lib.engine import Engine
from runbook_lib.results import Status, StepResult
from runbook_lib.run import Run
from runbook_lib.snapshot.drift import Drift

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One rehearsal, kept; the tests of this module look at it in order and the last one tears it down."""
    runbook = Runbook(tmp_path_factory.mktemp("e2e") / "outputs")
    runbook.outputs.mkdir()
    code, printed = runbook("rehearse", "--keep")
    assert code == 0, printed
    yield runbook, printed
    runbook("teardown")


@pytest.fixture(scope="module")
def run(kept: tuple[Runbook, str]) -> Run:
    return kept[0].run()


def client(run: Run, service: str) -> Any:
    """An independent client, not the runbook's own."""
    return boto3.client(
        service,
        endpoint_url=run.facts.target.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def state(monkeypatch: pytest.MonkeyPatch, outputs: Path) -> Any:
    monkeypatch.setenv("RUNBOOK_OUTPUTS", str(outputs))
    world = operations.kept_world()
    assert world is not None
    return operations.rehearsing(world, outputs / ".rehearsal" / operations.KEPT)


class TestRecords:
    def test_five_steps_pass_and_the_run_says_where_its_evidence_is(self, kept: tuple[Runbook, str], run: Run) -> None:
        printed = kept[1]
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
            assert result.summary() in shown
        version = results["01_version_discovery"].data["engine_version"]
        planned = [op for op in results["02_plan"].data["operations"] if op["type"] == "aws:rds/instance:Instance"]
        assert [op["inputs"]["engineVersion"] for op in planned] == [version]
        assert results["03_deploy"].data["digest"] == results["02_plan"].data["digest"]
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


def inventory(run: Run) -> dict[str, list[str]]:
    """What is there of the stack, by service, as its own API lists it; keys that AWS will delete do not count."""
    mine = "staging-demo"
    listings = {
        "vpc": client(run, "ec2").describe_vpcs(Filters=[{"Name": "tag:Project", "Values": ["payments"]}])["Vpcs"],
        "addresses": client(run, "ec2").describe_addresses()["Addresses"],
        "rds": client(run, "rds").describe_db_instances()["DBInstances"],
        "roles": [role for role in client(run, "iam").list_roles()["Roles"] if mine in role["RoleName"]],
        "buckets": client(run, "s3").list_buckets()["Buckets"],
        "functions": client(run, "lambda").list_functions()["Functions"],
        "apis": client(run, "apigateway").get_rest_apis()["items"],
        "balancers": client(run, "elbv2").describe_load_balancers()["LoadBalancers"],
        "alarms": client(run, "cloudwatch").describe_alarms()["MetricAlarms"],
        "groups": client(run, "logs").describe_log_groups()["logGroups"],
        "topics": client(run, "sns").list_topics()["Topics"],
        "secrets": client(run, "secretsmanager").list_secrets()["SecretList"],
        "aliases": [alias for alias in client(run, "kms").list_aliases()["Aliases"] if mine in alias["AliasName"]],
    }
    return {service: [str(item)[:200] for item in found] for service, found in listings.items()}


class TestWorld:
    def test_an_independent_client_sees_the_stack(self, run: Run) -> None:
        outputs = StepResult.load(run.record("03_deploy", 1, ".json")).data["outputs"]
        subnets = client(run, "ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [outputs["vpc_id"]]}])["Subnets"]
        assert {subnet["SubnetId"] for subnet in subnets} == {*outputs["public_subnet_ids"], *outputs["private_subnet_ids"]}
        instance = client(run, "rds").describe_db_instances(DBInstanceIdentifier=outputs["rds_identifier"])["DBInstances"][0]
        assert instance["EngineVersion"] == outputs["rds_engine_version"]
        assert client(run, "s3").get_bucket_versioning(Bucket=outputs["audit_bucket_name"])["Status"] == "Enabled"
        deployed = StepResult.load(run.record("03_deploy", 1, ".json")).data["counts"]
        assert deployed["create"] >= 80

    def test_a_second_update_changes_nothing(self, kept: tuple[Runbook, str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        with state(monkeypatch, kept[0].outputs):
            outcome = Engine(run).up()
        assert set(outcome.plan.counts()) == {"same"}
        assert outcome.plan.counts()["same"] >= 80

    def test_a_refresh_finds_no_drift(self, kept: tuple[Runbook, str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        with state(monkeypatch, kept[0].outputs):
            outcome = Engine(run).drift()
        drift = Drift.of(outcome.plan)
        assert drift.resources >= 80
        assert drift.changed == {}

    def test_health_is_answered_through_the_load_balancer(self, run: Run) -> None:
        name = StepResult.load(run.record("03_deploy", 1, ".json")).data["outputs"]["alb_dns_name"]
        answer = httpx.get(f"{run.facts.target.endpoint}/health", headers={"Host": name}, timeout=30)
        assert answer.status_code == 200

    def test_second_kept_rehearsal_is_refused(self, kept: tuple[Runbook, str]) -> None:
        code, printed = kept[0]("rehearse", "--keep")
        assert code == 2
        assert "kept already" in printed

    def test_zz_teardown_leaves_nothing(self, kept: tuple[Runbook, str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """The last of the module: the step first, to look at what it leaves; then the command, which ends the world."""
        assert all(inventory(run).values())
        with state(monkeypatch, kept[0].outputs):
            execution = runner.execute(run, "91_teardown", {"confirm": "staging"})
        assert execution.status is Status.PASS, execution.error
        assert {service: found for service, found in inventory(run).items() if found} == {}
        code, printed = kept[0]("teardown")
        assert code == 0, printed
        assert [event["event"] for event in run.ledger.events()][-1] == "run.finished"
        assert of_this_rehearsal(kept[0]) == []
