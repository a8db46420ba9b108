"""The steps of a run, one after the other: what the ledger says in the end is what happened."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from unit.runs import create

from runbook_lib import operations, runner, settings
from runbook_lib.catalogue import run_status
from runbook_lib.errors import ExitCode
from runbook_lib.results import Status
from runbook_lib.runner import Execution
from runbook_lib.states import State
from runbook_lib.steps.step import progress

if TYPE_CHECKING:
    from runbook_lib.run import Run

STEPS = ("01_version_discovery", "02_plan")


class FullDisk:
    """A display whose disk is full from the second step on."""

    def running(self, step: str, *_: Any) -> None:
        if step == STEPS[1]:
            raise OSError(errno.ENOSPC, "No space left on device")

    def ended(self, _: Execution) -> None: ...

    def said(self, _: str) -> None: ...


def passes(_: Run, step: str, *__: Any, **___: Any) -> Execution:
    return Execution(step, 1, Path(), State.OK, None, "", ExitCode.PASSED, Status.PASS, 0.0)


def test_what_nobody_foresaw_between_two_steps_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    monkeypatch.setattr(runner, "execute", passes)
    made = create()
    told = operations.chosen_for(STEPS, settings.environment("staging"), {})
    with pytest.raises(OSError, match="No space"):
        operations.run_steps(made, told, FullDisk())
    *_, last = made.ledger.events()
    assert (last["event"], last["exit_code"]) == ("run.stopped", ExitCode.ENGINE)
    assert run_status(made).state == "stopped"


@pytest.mark.parametrize("path", ["/dev/full", "/nowhere/progress"])
def test_progress_that_cannot_be_shown_ends_no_step(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv(runner.PROGRESS_VARIABLE, path)
    progress("applying 3 of 52")
