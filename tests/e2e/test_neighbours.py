"""What is in the account already stops a second operator before anything is touched; another team's setting is left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from e2e.kept import Kept, rehearsal

from runbook_lib import runner
from runbook_lib.results import Status

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def logging_role(kept: Kept) -> Any:
    return kept.client("apigateway").get_account().get("cloudwatchRoleArn")


def test_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsal(tmp_path / "outputs") as kept:
        runbook, run = kept.runbook, kept.run.facts.run
        state = runbook.outputs / ".rehearsal" / "kept" / "state"
        elsewhere = state.rename(state.with_name("elsewhere"))
        state.mkdir()
        before = kept.inventory()
        code, printed = runbook("run", "02", "--run", run)
        assert code == 1, printed
        assert "FAIL stack_is_nowhere_else" in printed
        assert f"not in this stack's state at file://{state}" in printed
        assert kept.inventory() == before
        for path in state.iterdir():
            path.rename(elsewhere.with_name(f"empty-{path.name}"))
        state.rmdir()
        elsewhere.rename(state)

        iam, gateway = kept.client("iam"), kept.client("apigateway")
        theirs = iam.create_role(RoleName="another-team", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": theirs}])
        code, printed = runbook("run", "02", "--run", run)
        assert code == 1, printed
        assert f"FAIL logging_role_is_free: API Gateway's logging role for the whole account and region is {theirs}" in printed
        assert logging_role(kept) == theirs

        with kept.inside(monkeypatch):
            execution = runner.execute(kept.run, "91_teardown", {"confirm": "staging"})
        assert execution.status is Status.PASS, execution.error
        assert logging_role(kept) == theirs
        left = {service: found for service, found in kept.inventory().items() if found}
        assert left == {}
        told = {finding.check: finding.message for finding in execution.result.findings} if execution.result else {}
        assert theirs in told["logging_role_is_free"]


def test_who_comes_between_plan_and_deployment_is_not_run_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another team sets the account's role once 02 has passed."""
    with rehearsal(tmp_path / "outputs") as kept:
        runbook, run = kept.runbook, kept.run.facts.run
        with kept.inside(monkeypatch):
            assert runner.execute(kept.run, "91_teardown", {"confirm": "staging"}).status is Status.PASS
        code, printed = runbook("run", "01", "02", "--run", run)
        assert code == 0, printed
        iam, gateway = kept.client("iam"), kept.client("apigateway")
        theirs = iam.create_role(RoleName="another-team", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": theirs}])
        before = kept.inventory()
        code, printed = runbook("run", "03", "--run", run)
        assert code == 1, printed
        assert "FAIL logging_role_is_free" in printed
        assert (logging_role(kept), kept.inventory()) == (theirs, before)


def test_a_full_quota_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account has room for five addresses; somebody else has three of them."""
    with rehearsal(tmp_path / "outputs") as kept:
        with kept.inside(monkeypatch):
            assert runner.execute(kept.run, "91_teardown", {"confirm": "staging"}).status is Status.PASS
        ec2 = kept.client("ec2")
        for _ in range(3):
            ec2.allocate_address(Domain="vpc")
        code, printed = kept.runbook("run", "01", "02", "--run", kept.run.facts.run)
        assert code == 1, printed
        assert (
            "FAIL quotas_suffice: Elastic IP addresses in us-east-1: 3 of 5 in use (0 by this stack), the stack needs 3"
            in printed
        )
        assert "--quota-code L-0263D0A3 --desired-value 6" in printed
        assert "02_plan" not in printed.partition("quotas_suffice")[2]
        assert not [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
