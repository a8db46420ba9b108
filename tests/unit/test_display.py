"""What is printed when a step has ended."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from unit import runs

from runbook_lib import settings
from runbook_lib.display import ConsoleDisplay
from runbook_lib.errors import ExitCode
from runbook_lib.results import Status
from runbook_lib.runner import Execution
from runbook_lib.states import State

DIGEST = "0123456789abcdef" * 4


def test_the_digest_that_is_agreed_on_is_shown_whole(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    run, out = runs.create(), io.StringIO()
    runs.finish(run, "02_plan", digest=DIGEST)
    execution = Execution(
        "02_plan", 1, run.directory, State.OK, run.result("02_plan"), "", ExitCode.PASSED, Status.PASS, 1.0
    )  # fmt: skip
    ConsoleDisplay(Console(file=out, width=40)).ended(execution)
    assert f"digest   {DIGEST}\n" in out.getvalue()
