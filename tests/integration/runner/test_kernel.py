"""The papermill engine records what happened, whatever happens (design: the seven rows papermill gets wrong)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from runbook_lib import redaction
from runbook_lib.errors import NotebookError
from runbook_lib.kernel import CellState

V4 = nbformat.v4


def notebook(path: Path, *sources: str, tags: tuple[str, ...] = ()) -> Path:
    cells = [V4.new_code_cell(source) for source in sources]
    cells[1 if len(cells) > 1 else 0].metadata["tags"] = list(tags)
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(nbformat.writes(V4.new_notebook(cells=cells, metadata=metadata)))
    return path


def record(path: Path) -> tuple[list[str], list[str], nbformat.NotebookNode]:
    """Our states, papermill's statuses, and the notebook, without the banner cells papermill adds."""
    found = nbformat.read(path, as_version=4)
    cells = [cell for cell in found.cells if cell.cell_type == "code"]
    return [c.metadata.runbook["state"] for c in cells], [c.metadata.papermill["status"] for c in cells], found


def run(source: Path, output: Path, **kwargs: object) -> None:
    papermill.execute_notebook(source, output, engine_name="runbook", progress_bar=False, **kwargs)


def _interrupt_when(begun: Path) -> None:
    deadline = time.monotonic() + 60
    while not begun.exists():
        assert time.monotonic() < deadline, "the work never began"
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)


class TestStates:
    """Each way a notebook can end has its own state, and what never ran stays pending."""

    @pytest.mark.parametrize(
        ("middle", "error", "state"),
        [
            ("raise ValueError('boom')", PapermillExecutionError, CellState.FAILED),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", DeadKernelError, CellState.KERNEL_DIED),
            ("import sys; sys.exit(0)", NotebookError, CellState.EXITED),
            ("import sys; sys.exit(3)", NotebookError, CellState.EXITED),
        ],
    )
    def test_failing_cell(self, tmp_path: Path, middle: str, error: type[Exception], state: CellState) -> None:
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

    def test_interrupt_reaches_the_work_first(self, tmp_path: Path) -> None:
        begun, saved = tmp_path / "begun", tmp_path / "saved"
        work = (
            "import time, pathlib\n"
            f"try:\n    pathlib.Path({str(begun)!r}).touch()\n    time.sleep(60)\n"
            f"finally:\n    pathlib.Path({str(saved)!r}).touch()"
        )
        before = signal.getsignal(signal.SIGINT)  # a shell may have had it ignored
        threading.Thread(target=_interrupt_when, args=[begun]).start()
        with pytest.raises(PapermillExecutionError, match="KeyboardInterrupt"):
            run(notebook(tmp_path / "in.ipynb", "print(1)", work, "print(3)"), tmp_path / "out.ipynb")
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "interrupted", "not_run"]
        assert saved.exists()
        assert signal.getsignal(signal.SIGINT) is before


WORK = """
import signal, sys, time, pathlib
def save(*_):
    print("saving", flush=True)  # into a pipe: whoever started it must still be listening
    time.sleep(1)
    print("saved", flush=True)
    pathlib.Path(sys.argv[1]).touch()
    sys.exit(0)
signal.signal(signal.SIGINT, save)
pathlib.Path(sys.argv[2]).touch()
time.sleep(60)
"""
"""A stand-in for pulumi: interrupted, it takes a moment to save what it did."""


class TestWorkThatMustBeSaved:
    """What a cell has started is asked to stop, and waited for, before anybody is told that it is over."""

    def started(self, folder: Path, wait: str) -> tuple[str, Path, Path]:
        begun, saved = folder / "begun", folder / "saved"
        command = [sys.executable, "-c", WORK, str(saved), str(begun)]
        return f"import os, subprocess, sys, time\ncommand = {command!r}\n{wait}", begun, saved

    def test_an_interrupt_waits_for_it(self, tmp_path: Path) -> None:
        cell, begun, saved = self.started(
            tmp_path,
            "from runbook_lib.uninterrupted import to_its_end\n"
            "to_its_end(lambda: subprocess.run(command, stdout=subprocess.PIPE, check=True))",
        )
        threading.Thread(target=_interrupt_when, args=[begun]).start()
        with pytest.raises(PapermillExecutionError, match="KeyboardInterrupt"):
            run(notebook(tmp_path / "in.ipynb", "print(1)", cell, "print(3)"), tmp_path / "out.ipynb")
        assert saved.exists()
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "interrupted", "not_run"]

    def test_a_dead_kernel_leaves_nothing_at_work(self, tmp_path: Path) -> None:
        cell, begun, saved = self.started(
            tmp_path,
            "subprocess.Popen(command, stdout=subprocess.DEVNULL)\n"
            f"while not os.path.exists({str(tmp_path / 'begun')!r}): time.sleep(0.05)\n"
            "os.kill(os.getpid(), 9)",
        )
        with pytest.raises(DeadKernelError):
            run(notebook(tmp_path / "in.ipynb", "print(1)", cell, "print(3)"), tmp_path / "out.ipynb")
        assert begun.exists()
        assert saved.exists()
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "kernel_died", "not_run"]

    def test_work_that_never_ends_is_ended_after_its_grace(self, tmp_path: Path) -> None:
        stubborn = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
        cell = (
            "import os, subprocess, sys\n"
            f"child = subprocess.Popen([sys.executable, '-c', {stubborn!r}], stdout=subprocess.PIPE)\n"
            f"child.stdout.readline(); open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
            "os.kill(os.getpid(), 9)"
        )
        with pytest.raises(DeadKernelError):
            run(notebook(tmp_path / "in.ipynb", "print(1)", cell), tmp_path / "out.ipynb", grace=1)
        with suppress(psutil.NoSuchProcess):
            assert psutil.Process(int((tmp_path / "pid").read_text())).wait(30) is None

    def test_an_interrupt_while_the_kernel_starts_runs_no_cell(self, tmp_path: Path) -> None:
        ran = tmp_path / "ran"
        source = notebook(tmp_path / "in.ipynb", f"open({str(ran)!r}, 'w').close()", "print(2)")

        def interrupt_the_start() -> None:
            deadline = time.monotonic() + 60
            while not psutil.Process().children() and time.monotonic() < deadline:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        assert not psutil.Process().children()
        threading.Thread(target=interrupt_the_start).start()
        with pytest.raises(KeyboardInterrupt):
            run(source, tmp_path / "out.ipynb")
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert (states, statuses) == (["not_run", "not_run"], ["pending", "pending"])
        assert found.metadata.runbook["state"] == "interrupted"
        assert not ran.exists()


class TestRecord:
    """What is written, and when."""

    def test_secret_is_taken_out_of_every_channel(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        canary = "canary-7f3a-secret"
        monkeypatch.setattr(redaction, "_registered", {canary})
        source = notebook(
            tmp_path / "in.ipynb",
            "x = ''",
            f"print({canary!r})",
            f"{{'k': {canary!r}}}",
            f"raise ValueError({canary!r})",
        )
        with pytest.raises(PapermillExecutionError):
            run(source, tmp_path / "out.ipynb", parameters={"x": canary})
        text = (tmp_path / "out.ipynb").read_text()
        assert canary not in text
        assert text.count(redaction.MASK) >= 5

    def test_kernel_is_reached_over_sockets_that_only_their_owner_sees(self, tmp_path: Path) -> None:
        where = "from ipykernel.kernelapp import IPKernelApp as App; print(App.instance().transport, App.instance().ip)"
        look = "import os, pathlib; print(pathlib.Path(App.instance().ip).parent.stat().st_mode & 0o077); print(os.listdir())"
        source = notebook(tmp_path / "in.ipynb", where, look)
        run(source, tmp_path / "out.ipynb", cwd=str(tmp_path))
        cells = record(tmp_path / "out.ipynb")[2].cells
        transport, path = cells[0].outputs[0].text.split()
        mode, listing = cells[1].outputs[0].text.splitlines()
        assert (transport, mode) == ("ipc", "0")
        assert "ipc" not in listing
        assert not Path(path).parent.exists()

    @pytest.mark.parametrize("first", ["papermill", "runbook_lib.kernel", "runbook_lib.papermill_entry"])
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
