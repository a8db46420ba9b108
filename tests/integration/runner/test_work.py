"""What a cell has started comes to its end in order, whatever becomes of the notebook."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from integration.runner.notebooks import interrupt_when, notebook, record, run
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from runbook_lib import forking
from runbook_lib.errors import NotebookError

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


pytestmark = pytest.mark.usefixtures("start")


class TestWorkThatMustBeSaved:
    """What a cell has started is asked to stop, and waited for, before anybody is told that it is over."""

    def started(self, folder: Path, wait: str) -> tuple[str, Path, Path]:
        begun, saved = folder / "begun", folder / "saved"
        (folder / "work.py").write_text(WORK)
        # As bin/pulumi is: forked where there is a nursery.
        client = [sys.executable, "-I", "-S", forking.__file__]
        command = [*client, sys.executable, str(folder / "work.py"), str(saved), str(begun)]
        return f"import os, subprocess, sys, time\ncommand = {command!r}\n{wait}", begun, saved

    def test_an_interrupt_waits_for_it(self, tmp_path: Path) -> None:
        cell, begun, saved = self.started(
            tmp_path,
            "from runbook_lib.uninterrupted import to_its_end\n"
            "to_its_end(lambda: subprocess.run(command, stdout=subprocess.PIPE, check=True))",
        )
        threading.Thread(target=interrupt_when, args=[begun]).start()
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

        def children() -> set[int]:
            return {child.pid for child in psutil.Process().children(recursive=True)}

        before = children()  # other tests' worlds

        def interrupt_the_start() -> None:
            deadline = time.monotonic() + 60
            while not children() - before and time.monotonic() < deadline:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=interrupt_the_start).start()
        with pytest.raises(KeyboardInterrupt):
            run(source, tmp_path / "out.ipynb")
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert (states, statuses) == (["not_run", "not_run"], ["pending", "pending"])
        assert found.metadata.runbook["state"] == "interrupted"
        assert not ran.exists()


def ended(pid: Path) -> bool:
    """Whether the process whose id is in a file has ended."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(int(pid.read_text())).status() == psutil.STATUS_ZOMBIE
    return True


class TestWhatANotebookLeavesRunning:
    """A stranger's process, in a session of its own."""

    def started(self, folder: Path, *command: str) -> str:
        return (
            f"import subprocess\nleft = subprocess.Popen({command!r}, start_new_session=True)\n"
            f"open({str(folder / 'pid')!r}, 'w').write(str(left.pid))\n"
        )

    @pytest.mark.parametrize("last", ["print(1)", "raise ValueError('x')", "import sys; sys.exit(1)"])
    def test_at_the_end_of_a_step(self, tmp_path: Path, last: str) -> None:
        step = notebook(
            tmp_path / "02_plan.ipynb", "environment = 'staging'\nrun = ''", self.started(tmp_path, "sleep", "471"), last
        )
        found = nbformat.read(step, as_version=4)
        found.cells[0].metadata["tags"] = ["parameters"]
        nbformat.write(found, step)
        with suppress(PapermillExecutionError, NotebookError):
            run(step, tmp_path / "out.ipynb")
        assert ended(tmp_path / "pid")
        found = record(tmp_path / "out.ipynb")[2]
        assert [process["command"] for process in found.metadata.runbook.ended] == ["sleep 471"]
        assert (
            "Ended what the notebook had left running: sleep 471"
            in [c for c in found.cells if c.cell_type == "code"][2].outputs[-1].text
        )
        nbformat.validate(found)

    def test_at_the_end_of_anybody_elses(self, tmp_path: Path) -> None:
        run(notebook(tmp_path / "in.ipynb", self.started(tmp_path, "sleep", "472"), "print(2)"), tmp_path / "out.ipynb")
        assert not ended(tmp_path / "pid")
        psutil.Process(int((tmp_path / "pid").read_text())).kill()
        found = record(tmp_path / "out.ipynb")[2]
        assert [process["command"] for process in found.metadata.runbook.left] == ["sleep 472"]
        assert "Left running by the notebook: sleep 472" in found.cells[1].outputs[-1].text

    def test_a_stop_finds_what_was_given_no_environment(self, tmp_path: Path) -> None:
        cell = self.started(tmp_path, "env", "-i", "sleep", "473") + "import time\ntime.sleep(60)"
        with pytest.raises(CellTimeoutError):
            run(notebook(tmp_path / "in.ipynb", cell), tmp_path / "out.ipynb", execution_timeout=3)
        assert ended(tmp_path / "pid")
        (cell,) = [cell for cell in record(tmp_path / "out.ipynb")[2].cells if cell.cell_type == "code"]
        assert [process["command"] for process in cell.metadata.runbook.ended] == ["sleep 473"]

    def test_what_was_stopped_hears_that_it_is_to_end(self, tmp_path: Path) -> None:
        says = f"import time\ntry: time.sleep(600)\nexcept KeyboardInterrupt: open({str(tmp_path / 'heard')!r}, 'w').close()"
        cell = (
            self.started(tmp_path, sys.executable, "-c", says)
            + "import time, signal\ntime.sleep(1)\nleft.send_signal(signal.SIGSTOP)\ntime.sleep(60)"
        )
        with pytest.raises(CellTimeoutError):
            run(notebook(tmp_path / "in.ipynb", cell), tmp_path / "out.ipynb", execution_timeout=4)
        assert ended(tmp_path / "pid")
        assert (tmp_path / "heard").exists()
