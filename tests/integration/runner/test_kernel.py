"""The papermill engine records what happened, whatever happens (design: the seven rows papermill gets wrong)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from integration.runner.notebooks import interrupt_when, notebook, record, run
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from runbook_lib import redaction
from runbook_lib.errors import NotebookError
from runbook_lib.states import State

pytestmark = pytest.mark.usefixtures("start")


class TestStates:
    """Each way a notebook can end has its own state, and what never ran stays pending."""

    @pytest.mark.parametrize(
        ("middle", "error", "state"),
        [
            ("raise ValueError('boom')", PapermillExecutionError, State.FAILED),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", DeadKernelError, State.KERNEL_DIED),
            ("import sys; sys.exit(0)", NotebookError, State.EXITED),
            ("import sys; sys.exit(3)", NotebookError, State.EXITED),
            ("exit()", NotebookError, State.EXITED),
            ("quit()", NotebookError, State.EXITED),
        ],
    )
    def test_failing_cell(self, tmp_path: Path, middle: str, error: type[Exception], state: State) -> None:
        output = tmp_path / "out.ipynb"
        with pytest.raises(error):
            run(notebook(tmp_path / "in.ipynb", "print(1)", middle, "print(3)"), output)
        states, statuses, found = record(output)
        assert states == ["ok", state.value, "not_run"]
        assert statuses == ["completed", "failed", "pending"]
        assert found.metadata.runbook["state"] == state
        assert found.metadata.papermill["exception"] is True

    def test_good_notebook(self, tmp_path: Path) -> None:
        run(notebook(tmp_path / "in.ipynb", "print(1)", "print(2)"), tmp_path / "out.ipynb")
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert (states, statuses) == (["ok", "ok"], ["completed", "completed"])
        assert found.metadata.runbook == {"state": "ok"}

    def test_kernel_is_started_as_said(self, tmp_path: Path, start: str) -> None:
        look = "import sys; print('forked' if 'runbook_lib.rehearsal.nursery_child' in sys.modules else 'ordinary')"
        run(notebook(tmp_path / "in.ipynb", look), tmp_path / "out.ipynb")
        assert record(tmp_path / "out.ipynb")[2].cells[0].outputs[0].text == f"{start}\n"

    def test_cell_timeout(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", "print(1)", "import time; time.sleep(60)", "print(3)")
        with pytest.raises(CellTimeoutError):
            run(source, tmp_path / "out.ipynb", execution_timeout=4)
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert states == ["ok", "timed_out", "not_run"]
        assert statuses == ["completed", "failed", "pending"]
        assert "CellTimeoutError" in [o.get("ename") for cell in found.cells for o in cell.get("outputs", ())]

    def test_notebook_timeout_interrupts_the_work(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", "print(1)", "import time; time.sleep(60)", "print(3)")
        with pytest.raises(PapermillExecutionError, match="KeyboardInterrupt"):
            run(source, tmp_path / "out.ipynb", notebook_timeout=10)  # a busy machine takes seconds to start a kernel
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "timed_out", "not_run"]

    def test_raises_exception_tag_goes_on_but_is_no_success(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", "print(1)", "1/0", "print(3)", tags=("raises-exception",))
        with pytest.raises(PapermillExecutionError):
            run(source, tmp_path / "out.ipynb")
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert states == ["ok", "failed", "ok"]
        assert statuses == ["completed", "failed", "completed"]
        assert found.metadata.runbook["state"] == "failed"

    @pytest.mark.parametrize("leave", ["exit()", "import sys; sys.exit(0)"])
    def test_leaving_in_the_last_cell(self, tmp_path: Path, leave: str) -> None:
        with pytest.raises(NotebookError, match="0 cells never ran"):
            run(notebook(tmp_path / "in.ipynb", "print(1)", leave), tmp_path / "out.ipynb")
        states, _, found = record(tmp_path / "out.ipynb")
        assert (states, found.metadata.runbook["state"]) == (["ok", "exited"], "exited")

    def test_leaving_where_errors_are_expected_goes_on_as_in_papermill_but_is_no_success(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", "print(1)", "import sys; sys.exit(0)", "print(3)", tags=("raises-exception",))
        with pytest.raises(NotebookError, match=r"called sys\.exit"):
            run(source, tmp_path / "out.ipynb")
        states, _, found = record(tmp_path / "out.ipynb")
        assert (states, found.metadata.runbook["state"]) == (["ok", "exited", "ok"], "exited")

    def test_skipped_cell(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", "print(1)", "print(2)", "print(3)", tags=("skip-execution",))
        run(source, tmp_path / "out.ipynb")
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert (states, statuses) == (["ok", "skipped", "ok"], ["completed", "pending", "completed"])
        assert [len(cell.outputs) for cell in found.cells] == [1, 0, 1]
        assert found.metadata.runbook["state"] == "ok"

    def test_notebook_is_ok_only_when_it_is_over(self, tmp_path: Path) -> None:
        look = f"import json; print(json.load(open({str(tmp_path / 'out.ipynb')!r}))['metadata']['runbook']['state'])"
        run(notebook(tmp_path / "in.ipynb", "print(1)", "print(2)", look), tmp_path / "out.ipynb")
        found = record(tmp_path / "out.ipynb")[2]
        assert found.cells[2].outputs[0].text == "running\n"
        assert found.metadata.runbook["state"] == "ok"

    @pytest.mark.parametrize("caught", ["pass", "sys.exit(0)"])
    @pytest.mark.parametrize("after", [[], ["print(3)"]], ids=["last", "not last"])
    def test_interrupt_that_is_caught_is_no_success(self, tmp_path: Path, caught: str, after: list[str]) -> None:
        begun = tmp_path / "begun"
        cell = (
            f"import sys, time\ntry:\n    open({str(begun)!r}, 'w').close(); time.sleep(60)\nexcept KeyboardInterrupt: {caught}"
        )
        threading.Thread(target=interrupt_when, args=[begun]).start()
        with pytest.raises(KeyboardInterrupt, match="interrupted"):
            run(notebook(tmp_path / "in.ipynb", cell, *after), tmp_path / "out.ipynb")
        assert record(tmp_path / "out.ipynb")[2].metadata.runbook["state"] == "interrupted"

    def test_interrupt_reaches_the_work_first(self, tmp_path: Path) -> None:
        begun, saved = tmp_path / "begun", tmp_path / "saved"
        work = (
            "import time, pathlib\n"
            f"try:\n    pathlib.Path({str(begun)!r}).touch()\n    time.sleep(60)\n"
            f"finally:\n    pathlib.Path({str(saved)!r}).touch()"
        )
        before = signal.getsignal(signal.SIGINT)  # a shell may have had it ignored
        threading.Thread(target=interrupt_when, args=[begun]).start()
        with pytest.raises(PapermillExecutionError, match="KeyboardInterrupt"):
            run(notebook(tmp_path / "in.ipynb", "print(1)", work, "print(3)"), tmp_path / "out.ipynb")
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "interrupted", "not_run"]
        assert saved.exists()
        assert signal.getsignal(signal.SIGINT) is before


class TestRecord:
    """What is written, and when."""

    def test_secret_is_taken_out_of_every_channel(self, tmp_path: Path) -> None:
        qanary = "qanary-7f3a-secret"
        redaction.register(qanary)
        source = notebook(
            tmp_path / "in.ipynb",
            "x = ''",
            f"print({qanary!r})",
            f"{{'k': {qanary!r}}}",
            f"raise ValueError({qanary!r})",
        )
        with pytest.raises(PapermillExecutionError):
            run(source, tmp_path / "out.ipynb", parameters={"x": qanary})
        text = (tmp_path / "out.ipynb").read_text()
        assert qanary not in text
        assert text.count(redaction.MASK) >= 5

    @pytest.mark.parametrize("first", ["papermill", "runbook_lib.kernel.engine", "runbook_lib.papermill_entry"])
    def test_engine_is_papermills_whichever_is_imported_first(self, first: str) -> None:
        ask = f"import {first}; from papermill.engines import papermill_engines as e; print(e.nb_language('runbook', None, 'x'))"
        assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout == "x\n"

    def test_killed_runner_leaves_what_it_knew_and_no_kernel(self, tmp_path: Path) -> None:
        pid = tmp_path / "pid"
        work = f"import os, pathlib, time\npathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
        source = notebook(tmp_path / "in.ipynb", "print(1)", work, "print(3)")
        command = [sys.executable, "-m", "papermill", "--engine", "runbook", "--no-progress-bar"]
        runner = subprocess.Popen([*command, source, tmp_path / "out.ipynb"], stderr=subprocess.DEVNULL)
        while not (pid.exists() and pid.read_text()):
            time.sleep(0.1)
        runner.kill()
        runner.wait()
        states, statuses, _ = record(tmp_path / "out.ipynb")
        assert states == ["ok", "running", "not_run"]
        assert statuses == ["completed", "running", "pending"]
        psutil.wait_procs([psutil.Process(int(pid.read_text()))] if psutil.pid_exists(int(pid.read_text())) else [], 20)
        assert not psutil.pid_exists(int(pid.read_text()))
