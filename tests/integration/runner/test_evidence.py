"""An attempt's end binds what it left, whatever happened; an attempt whose runner was killed is settled by the next command."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import nbformat
import papermill
import psutil
import pytest
from integration.runner.stepping import SAVES, STEP, WITHOUT_AWS, create, execute, home, write
from integration.waiting import until

from runbook_lib import canonical, runner
from runbook_lib.catalogue import run_status
from runbook_lib.errors import ExitCode, RecordError, UsageError
from runbook_lib.results import Status
from runbook_lib.settling import ATTEMPT_VARIABLE
from runbook_lib.states import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runbook_lib.run import Run

PASSES = (SAVES.format(status="PASS"), "outcome.gate()")
RUNNER = """
import sys
from pathlib import Path
from runbook_lib import runner
from runbook_lib.run import Run
print(runner.execute(Run.open(Path(sys.argv[1])), "02_plan", {}).exit_code)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in home(tmp_path).items():
        monkeypatch.setenv(name, value)
    return create()


def last(run: Run) -> dict[str, Any]:
    *_, event = run.ledger.events()
    return event


class TestBinds:
    def test_the_end_holds_the_digest_of_all_that_was_read_and_written(self, run: Run) -> None:
        source = write(*PASSES)
        (run.directory / "02_plan.junit.xml").write_text("<testsuite/>")
        done = runner.execute(run, STEP, {})
        names = ["02_plan.ipynb", "02_plan.json", "02_plan.junit.xml"]
        assert done.attempt == 1
        end = last(run)
        assert end["event"] == "notebook.ended"
        assert end["records"] == {name: canonical.file_sha256(run.directory / name) for name in names}
        assert end["inputs"] == {"notebooks/02_plan.ipynb": canonical.file_sha256(source)}
        assert end["code"] == {"commit": "", "diff": ""}
        said = [event for event in run.ledger.events() if event["event"] == "step.finished"]
        assert said[0]["records"]["02_plan.json"] == end["records"]["02_plan.json"]
        assert {"inputs", "code"} <= set(said[0])

    def test_paths_in_the_record_are_relative(self, run: Run) -> None:
        done = execute(run, *PASSES)
        told = nbformat.read(done.notebook, as_version=4).metadata.papermill
        assert (told.input_path, told.output_path) == ("notebooks/02_plan.ipynb", "02_plan.ipynb")

    def test_a_result_changed_by_a_later_cell_is_refused(self, run: Run) -> None:
        forges = "path = outcome.path; path.write_text(path.read_text().replace('FAIL', 'PASS'))"
        done = execute(run, SAVES.format(status="FAIL"), forges)
        assert (done.status, done.exit_code, done.result) == (Status.UNKNOWN, ExitCode.RECORDS, None)
        assert "is not the result of attempt 1" in done.error
        assert run_status(run).state == "DAMAGED"

    def test_a_notebook_calls_its_step_once(self, run: Run) -> None:
        done = execute(run, SAVES.format(status="FAIL"), SAVES.format(status="PASS"))
        assert (done.status, done.exit_code) == (Status.FAIL, ExitCode.RECORDS)
        assert "has begun already as attempt 1" in done.error

    def test_a_notebook_that_failed_after_its_result_has_not_passed(self, run: Run) -> None:
        execute(run, SAVES.format(status="PASS"), "raise ValueError('after')")
        with pytest.raises(UsageError, match="says PASS, but its notebook ended failed"):
            run.passed(STEP)

    def test_a_stale_variable_misleads_no_runner(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(ATTEMPT_VARIABLE, f"{run.facts.run}/{STEP}/9")
        assert execute(run, *PASSES).attempt == 1
        monkeypatch.delenv(ATTEMPT_VARIABLE)

    def test_by_papermill_alone_it_is_an_attempt_by_hand(self, run: Run, tmp_path: Path) -> None:
        execute(run, SAVES.format(status="FAIL"), "outcome.gate()")
        papermill.execute_notebook(
            write(WITHOUT_AWS, *PASSES), tmp_path / "out.ipynb", {"run": run.facts.run}, engine_name="runbook", progress_bar=False
        )
        assert run.passed(STEP).attempt == 2
        assert [each.by_hand for each in run.attempts()] == [False, True]


def _taken(record: Path) -> None:
    record.write_text("somebody's")


class TestUnforeseen:
    """What nobody foresaw is raised, after what there is has been filed and the attempt has its end on record."""

    def fails(self, run: Run, error: type[BaseException], on_cell: Callable[[int, int], None]) -> dict[str, Any]:
        write(*PASSES)
        with pytest.raises(error):
            runner.execute(run, STEP, {}, on_cell=on_cell)
        end = last(run)
        assert (end["event"], end["attempt"], end["status"]) == ("notebook.ended", 1, "UNKNOWN")
        assert run_status(run).steps[0].status == "UNKNOWN"
        return end

    def test_a_full_disk_in_the_middle(self, run: Run) -> None:
        def full(done: int, _: int) -> None:
            if done == 3:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # as a write would

        end = self.fails(run, OSError, full)
        assert "No space left on device" in end["error"]
        assert set(end["records"]) == {"02_plan.ipynb", "02_plan.json"}
        assert not list(run.working.glob("*.ipynb"))

    def test_a_record_that_is_taken(self, run: Run) -> None:
        record = run.record(STEP, 1, ".ipynb")
        end = self.fails(run, RecordError, lambda *_: _taken(record))
        assert "never overwritten" in end["error"]
        assert record.read_text() == "somebody's"
        assert [path.name for path in run.working.glob("*.ipynb")] == ["02_plan.ipynb"]

    def test_a_missing_notebook(self, run: Run) -> None:
        with pytest.raises(FileNotFoundError):
            runner.execute(run, STEP, {})
        end = last(run)
        assert (end["event"], end["state"], end["status"], end["records"]) == ("notebook.ended", "failed", "UNKNOWN", {})
        assert execute(run, *PASSES).attempt == 2

    def test_what_is_left_of_a_notebook_is_filed_as_it_is(self, run: Run) -> None:
        def garble(done: int, _: int) -> None:
            (run.working / f"{STEP}.ipynb").write_text("{half")
            if done == 3:
                raise MemoryError

        write(*PASSES)
        with pytest.raises(MemoryError):
            runner.execute(run, STEP, {}, on_cell=garble)
        assert last(run)["event"] == "notebook.ended"


class TestKilled:
    def start(self, run: Run) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", RUNNER, str(run.directory)], stdout=subprocess.DEVNULL)

    def test_is_shown_settled_and_the_next_attempt_has_the_next_number(self, run: Run, tmp_path: Path) -> None:
        begun, pids = tmp_path / "begun", tmp_path / "pids"
        sleeps = f"""
import os, subprocess, time
child = subprocess.Popen(["sleep", "600"])
open({str(pids)!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
os.rename({str(pids)!r}, {str(begun)!r})
time.sleep(600)"""
        write(SAVES.format(status="PASS"), sleeps)
        process = self.start(run)
        until(begun.exists, "the work never began")
        with pytest.raises(UsageError, match=f"is at work: process {process.pid} on"):
            runner.execute(run, STEP, {})
        process.kill()
        process.wait()
        view = run_status(run)
        assert (view.state, view.steps[0].status) == ("killed", "KILLED")
        done = execute(run, *PASSES)
        assert (done.attempt, done.status) == (2, Status.PASS)
        assert not [pid for pid in map(int, begun.read_text().split()) if psutil.pid_exists(pid)]
        killed = [event for event in run.ledger.events() if event["event"] == "notebook.killed"]
        assert [(event["step"], event["attempt"]) for event in killed] == [(STEP, 1)]
        assert set(killed[0]["records"]) == {"02_plan.ipynb", "02_plan.json"}
        record = nbformat.read(run.record(STEP, 1, ".ipynb"), as_version=4)
        assert record.cells[-1].metadata.runbook["state"] in {State.RUNNING, State.NOT_RUN}
        assert run_status(run).steps[0].status == "PASS"

    def test_at_any_moment(self, run: Run) -> None:
        """Whenever it is killed: the chain holds, nothing is at work, and attempts are counted on."""
        write(*PASSES)
        moments = random.Random(8)

        def begun(number: int) -> bool:
            attempt = run.latest(STEP)
            return attempt is not None and attempt.number == number

        for number in range(1, 6):
            process = self.start(run)
            until(lambda: begun(number), "it never began")  # noqa: B023 - it is called here and now
            time.sleep(moments.random() * 1.5)
            process.kill()
            process.wait()
            run.settle()
            attempt = run.latest(STEP)
            assert attempt is not None
            assert (attempt.number, attempt.ended is not None) == (number, True)
            assert run_status(run).state != "DAMAGED"
        assert execute(run, *PASSES).attempt == 6
        assert run.passed(STEP).attempt == 6
