"""The papermill engine records what happened, whatever happens (design: the seven rows papermill gets wrong)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import psutil
import pytest
from integration.runner.notebooks import interrupt_when, kernel, notebook, record, run
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from runbook_lib import redaction
from runbook_lib.errors import NotebookError
from runbook_lib.kernel import reach
from runbook_lib.states import State

KERNEL = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
ONLY_TCP = """
import json, sys, time
if json.load(open(sys.argv[2]))["transport"] != "tcp":
    if sys.argv[1] == "hangs":
        time.sleep(600)
    sys.exit("what is ipc?")
sys.argv[1:] = ["-f", sys.argv[2]]
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


class Elsewhere(LocalProvisioner):
    """A provisioner with nothing that a process of this machine has."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        found = await super().launch_kernel(cmd, **kwargs)
        self.pgid = None
        return found

    @classmethod
    def named(cls) -> EntryPoint:
        sys.modules["elsewhere_for_this_test"] = sys.modules[cls.__module__]
        return EntryPoint(name="elsewhere", group="jupyter_client.kernel_provisioners", value="elsewhere_for_this_test:Elsewhere")


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

    def test_kernel_that_cannot_start(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kernel(tmp_path / "jupyter", monkeypatch, "broken", [sys.executable, "-c", "raise SystemExit(1)", "{connection_file}"])
        with pytest.raises(RuntimeError, match="Kernel died before replying"):
            run(notebook(tmp_path / "in.ipynb", "print(1)"), tmp_path / "out.ipynb", kernel_name="broken")
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert (states, statuses, found.metadata.runbook["state"]) == (["not_run"], ["pending"], "kernel_died")

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
        canary = "canary-7f3a-secret"
        redaction.register(canary)
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

    @pytest.mark.parametrize("deaf", ["dies", "hangs"])
    def test_kernel_that_speaks_only_tcp(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: str) -> None:
        monkeypatch.setattr(reach, "IPC_TIMEOUT", 3)
        (tmp_path / "only_tcp.py").write_text(ONLY_TCP)
        command = [sys.executable, str(tmp_path / "only_tcp.py"), deaf, "{connection_file}"]
        kernel(tmp_path / "jupyter", monkeypatch, "only-tcp", command)
        where = "from ipykernel.kernelapp import IPKernelApp as App; print(App.instance().transport, App.instance().ip)"
        run(notebook(tmp_path / "in.ipynb", where), tmp_path / "out.ipynb", kernel_name="only-tcp")
        found = record(tmp_path / "out.ipynb")[2]
        assert found.cells[0].outputs[0].text == "tcp 127.0.0.1\n"
        assert found.metadata.runbook == {"state": "ok", "transport": "tcp on 127.0.0.1"}

    def test_kernel_that_is_started_elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """By a provisioner that knows no process group: it is reached as Jupyter does, and interrupted through it."""
        kernel(tmp_path / "jupyter", monkeypatch, "elsewhere", KERNEL, kernel_provisioner={"provisioner_name": "elsewhere"})
        monkeypatch.setattr(KernelProvisionerFactory.instance(), "provisioners", {"elsewhere": Elsewhere.named()})
        begun = tmp_path / "begun"
        work = f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(60)"
        threading.Thread(target=interrupt_when, args=[begun]).start()
        with pytest.raises(PapermillExecutionError, match="KeyboardInterrupt"):
            run(notebook(tmp_path / "in.ipynb", "print(1)", work), tmp_path / "out.ipynb", kernel_name="elsewhere")
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "interrupted"]

    def test_flood_is_cut_with_its_size_on_record(self, tmp_path: Path) -> None:
        flood = "for _ in range(40): print('x' * 9_999)\nprint('é')\n{'y': 'z' * 5000}"
        run(notebook(tmp_path / "in.ipynb", "print(1)", flood, "print(3)"), tmp_path / "out.ipynb", output_limit=50_000)
        found = record(tmp_path / "out.ipynb")[2]
        stdout, notice = found.cells[1].outputs
        assert len(stdout.text) == 50_000
        account = found.cells[1].metadata.runbook["cut"]
        assert account["limit"] == 50_000
        assert account["size"] >= 40 * 10_000 + 3 + 5_000
        assert notice.text == f"[runbook] Output cut at 50000 of {account['size']} bytes.\n"
        assert found.cells[0].metadata.runbook == found.cells[2].metadata.runbook == {"state": "ok"}

    def test_flood_is_whole_in_the_file_that_was_asked_for(self, tmp_path: Path) -> None:
        with (tmp_path / "stdout").open("w") as stdout:
            source = notebook(tmp_path / "in.ipynb", "for _ in range(40): print('x' * 9_999)")
            run(source, tmp_path / "out.ipynb", output_limit=50_000, stdout_file=stdout)
        assert (tmp_path / "stdout").stat().st_size == 400_000

    def test_what_is_cleared_is_no_flood(self, tmp_path: Path) -> None:
        shows = (
            "from IPython.display import clear_output\nfor i in range(20):\n    clear_output(); print(i, 'x' * 9_999, flush=True)"
        )
        run(notebook(tmp_path / "in.ipynb", shows), tmp_path / "out.ipynb", output_limit=50_000)
        cell = record(tmp_path / "out.ipynb")[2].cells[0]
        assert cell.outputs[0].text.startswith("19 x")
        assert "cut" not in cell.metadata.runbook

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
