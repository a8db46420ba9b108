"""03 applies what was agreed on, and where it did not, or did nothing, says so."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from e2e.conftest import WAIT, Runbook
from e2e.test_trouble import changed_home, nothing_left

from runbook_lib.results import Status, StepResult

if TYPE_CHECKING:
    from pathlib import Path


def _ask_for_less_in_the_update(stack: Path) -> None:
    path = stack / "log_groups.py"
    text = path.read_text()
    asked = "context.config.log_retention_days"
    assert asked in text
    path.write_text(text.replace(asked, f"{asked} if pulumi.runtime.is_dry_run() else 3"))


def test_a_program_that_applies_other_values_than_it_previews_is_found_out(tmp_path: Path, runbook: Runbook) -> None:
    runbook.home = changed_home(tmp_path, _ask_for_less_in_the_update)
    code, printed = runbook("rehearse")
    assert code == 1, printed
    assert "retentionInDays is 3, agreed was 30" in printed
    result = StepResult.load(runbook.run().record("03_deploy", 1, ".json"))
    assert {finding.check for finding in result.findings if finding.status is not Status.PASS} == {"applied_as_planned"}
    assert len(result.data["deviations"]) > 3
    nothing_left(runbook)


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
