"""03 applies what was agreed on, and where it did not, or did nothing, says so."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

from e2e.conftest import WAIT, Runbook
from e2e.kept import rehearsal
from e2e.test_trouble import changed_home, nothing_left

from runbook_lib.results import Status, StepResult

if TYPE_CHECKING:
    from pathlib import Path


FORGED = '\nprint("error: unknown flag: --plan", flush=True)\n'
"""What a CLI without saved plans says: from a program it frees nothing from its plan."""


def _ask_for_less_in_the_update(stack: Path) -> None:
    path = stack / "log_groups.py"
    text = path.read_text()
    asked = "context.config.log_retention_days"
    assert asked in text
    path.write_text(text.replace(asked, f"{asked} if pulumi.runtime.is_dry_run() else 3") + FORGED)


def test_a_program_that_asks_for_other_values_than_it_previews_is_refused(tmp_path: Path, runbook: Runbook) -> None:
    """Pulumi is held to its own plan: nothing is applied otherwise, and it is said by resource, property and values."""
    runbook.home = changed_home(tmp_path, _ask_for_less_in_the_update)
    code, printed = runbook("rehearse")
    assert code == 1, printed
    assert "retentionInDays is 3, agreed was 30" in printed
    result = StepResult.load(runbook.run().record("03_deploy", 1, ".json"))
    assert {finding.check for finding in result.findings if finding.status is not Status.PASS} == {"applied_as_planned"}
    assert all("LogGroup" in line and "retentionInDays is 3, agreed was 30" in line for line in result.data["deviations"])
    state = (runbook.outputs / ".rehearsal").rglob("staging.json")
    groups = [
        row["inputs"]["retentionInDays"]
        for path in state
        for row in (json.loads(path.read_text())["checkpoint"]["latest"] or {}).get("resources", ())
        if row["type"] == "aws:cloudwatch/logGroup:LogGroup"
    ]
    assert 3 not in groups
    nothing_left(runbook)


def test_a_plan_over_budget_deploys_nothing(runbook: Runbook) -> None:
    """A cent too much is said in 02, and there is nothing to undo."""
    code, printed = runbook("rehearse", "-p", "monthly_budget_usd=255.32")
    assert code == 1, printed
    assert "FAIL cost_within_budget" in printed
    assert "budget $255.32: $0.01 over" in printed
    assert runbook.run().result("03_deploy") is None
    nothing_left(runbook)


def test_what_was_agreed_on_is_applied_once_and_from_where_it_was_made(tmp_path: Path) -> None:
    """A stack that has changed since is left alone, as where the plan that Pulumi saved is another file."""
    with rehearsal(tmp_path / "outputs") as kept:
        run, runbook = kept.run, kept.runbook
        first = StepResult.load(run.record("03_deploy", 1, ".json"))
        saved = StepResult.load(run.record("02_plan", 1, ".json")).data["update_plan"]["sha256"]
        assert first.data["update_plan"] == {"sha256": saved}
        code, printed = runbook("run", "03", "--run", run.facts.run)
        assert (code, "the stack's state has changed, SHA-256" in printed) == (1, True), printed
        assert StepResult.load(run.record("03_deploy", 2, ".json")).data["applied"] is False
        assert runbook("run", "02", "--run", run.facts.run)[0] == 0
        path = run.record("02_plan", 2, ".update-plan.json")
        content = path.read_bytes()
        assert b"ciphertext" in content
        path.write_bytes(content.replace(b'"same"', b'"update"', 1))
        code, printed = runbook("run", "03", "--run", run.facts.run)
        assert (code, f"{path.name} is not the saved plan" in printed) == (5, True), printed
        path.write_bytes(content)
        code, printed = runbook("run", "03", "--run", run.facts.run)
        assert code == 0, printed


def test_an_interrupted_preview_says_that_nothing_was_applied(runbook: Runbook) -> None:
    process = runbook.start("rehearse")
    runbook.wait_for("step.started", step="03_deploy")
    progress, deadline = runbook.run().working / "progress", time.monotonic() + WAIT
    while not (progress.exists() and " of " in progress.read_text()):  # the preview has come to its first resources
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 130, printed
    left = StepResult.load(runbook.run().record("03_deploy", 1, ".json"))
    assert (left.status, left.data["applied"]) == (Status.FAIL, False)
    assert "done" not in left.data
    assert "saved its state" not in left.findings[0].message
    nothing_left(runbook)
