"""Whenever a step is interrupted it has its end on record, and says so: a moment after it began, and one before it ends, too."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from integration.runner.stepping import SAVES, STEP, create, home, write
from integration.waiting import until

from runbook_lib import runner
from runbook_lib.errors import ExitCode
from runbook_lib.results import Status
from runbook_lib.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PASSES = (SAVES.format(status="PASS"), "outcome.gate()")
RUNNER = """
import signal, sys
from pathlib import Path
from runbook_lib import cli, runner
from runbook_lib.run import Run
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, cli._end)
try:
    sys.exit(runner.execute(Run.open(Path(sys.argv[1])), "02_plan", {}).exit_code)
except KeyboardInterrupt:
    sys.exit(130)
"""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in home(tmp_path).items():
        monkeypatch.setenv(name, value)
    write(*PASSES)
    return create()


def events(run: Run, number: int) -> dict[str, dict[str, Any]]:
    return {event["event"]: event for event in run.ledger.events() if event.get("attempt") == number}


def test_a_moment_after_it_began(run: Run) -> None:
    moments = random.Random(4)
    for number in range(1, int(os.environ.get("RUNBOOK_TEST_KILLS", "6")) + 1):
        process = subprocess.Popen([sys.executable, "-c", RUNNER, str(run.directory)], stderr=subprocess.PIPE, text=True)
        until(lambda: "notebook.started" in events(run, number), "it never began")  # noqa: B023 - it is called here and now
        time.sleep(moments.random() * 0.05)
        heard = SIGNALS[number % len(SIGNALS)]
        process.send_signal(heard)
        _, said = process.communicate(timeout=60)
        end = events(run, number).get("notebook.ended", {})
        assert (process.returncode, end.get("state")) == (ExitCode.INTERRUPTED, "interrupted"), f"{heard!r} {said} {end}"
        assert end["error"]
        assert not list(run.working.glob("*.ipynb")) + list(run.working.glob(".papermill-*"))


class TestHeldBack:
    """There is no moment in which the end is lost."""

    def interrupts(self, monkeypatch: pytest.MonkeyPatch, of: object, name: str) -> None:
        act: Callable[..., Any] = getattr(of, name)

        def and_then(*given: Any, **known: Any) -> Any:
            done = act(*given, **known)
            signal.raise_signal(signal.SIGINT)
            return done

        monkeypatch.setattr(of, name, and_then)

    def test_before_anything_of_the_notebook(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.interrupts(monkeypatch, Run, "begin")
        done = runner.execute(run, STEP, {})
        assert (done.exit_code, done.status) == (ExitCode.INTERRUPTED, Status.UNKNOWN)
        assert events(run, 1)["notebook.ended"]["state"] == "interrupted"
        assert done.error == "The notebook ended interrupted: KeyboardInterrupt"

    def test_while_it_is_filed(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.interrupts(monkeypatch, runner, "_file")
        with pytest.raises(KeyboardInterrupt):
            runner.execute(run, STEP, {})
        assert events(run, 1)["notebook.ended"]["status"] == "PASS"
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_what_was_half_written_is_removed(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        half = run.working / ".papermill-0123456789abcdef"

        def cut_short(*_: Any, **__: Any) -> None:
            half.touch()
            raise KeyboardInterrupt

        monkeypatch.setattr(runner.papermill, "execute_notebook", cut_short)
        assert runner.execute(run, STEP, {}).exit_code == ExitCode.INTERRUPTED
        assert not half.exists()
