"""A kernel is reached over sockets that only their owner sees; one that knows none still starts, and that is on record."""

from __future__ import annotations

import sys
import tempfile
import threading
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from integration.runner.notebooks import interrupt_when, kernel, notebook, record, run
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from papermill.exceptions import PapermillExecutionError

from runbook_lib import places
from runbook_lib.kernel import reach

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
WHERE = "from ipykernel.kernelapp import IPKernelApp as App; print(App.instance().transport, App.instance().ip)"
FOLDER = "import pathlib; print(pathlib.Path(App.instance().ip).parent)"


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


class TestReach:
    """Each kind of kernel."""

    def test_kernel_is_reached_over_sockets_that_only_their_owner_sees(self, tmp_path: Path) -> None:
        look = "import os, pathlib; print(pathlib.Path(App.instance().ip).parent.stat().st_mode & 0o077); print(os.listdir())"
        source = notebook(tmp_path / "in.ipynb", WHERE, look)
        run(source, tmp_path / "out.ipynb", cwd=str(tmp_path))
        cells = record(tmp_path / "out.ipynb")[2].cells
        transport, path = cells[0].outputs[0].text.split()
        mode, listing = cells[1].outputs[0].text.splitlines()
        assert (transport, mode) == ("ipc", "0")
        assert "ipc" not in listing
        assert not Path(path).parent.exists()

    def test_temporary_folder_with_a_path_that_is_too_long(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        long = tmp_path / ("x" * 100)
        long.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(long))
        run(notebook(tmp_path / "in.ipynb", WHERE, FOLDER), tmp_path / "out.ipynb")
        cells = record(tmp_path / "out.ipynb")[2].cells
        assert cells[0].outputs[0].text.startswith("ipc ")
        assert not Path(cells[1].outputs[0].text.strip()).exists()
        assert list(long.iterdir()) == []

    def test_no_folder_takes_a_socket(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Then TCP it is, and that is said."""
        long = tmp_path / ("x" * 100)
        long.mkdir()
        monkeypatch.setattr(places, "_parents", lambda: iter([long]))
        monkeypatch.setattr(tempfile, "tempdir", str(long))
        run(notebook(tmp_path / "in.ipynb", WHERE), tmp_path / "out.ipynb")
        found = record(tmp_path / "out.ipynb")[2]
        assert found.cells[0].outputs[0].text == "tcp 127.0.0.1\n"
        assert found.metadata.runbook == {"state": "ok", "transport": "tcp on 127.0.0.1"}
        assert any("TCP on 127.0.0.1" in line.message for line in caplog.records)
        assert list(long.iterdir()) == []

    @pytest.mark.parametrize("deaf", ["dies", "hangs"])
    def test_kernel_that_speaks_only_tcp(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: str) -> None:
        monkeypatch.setattr(reach, "IPC_TIMEOUT", 3)
        (tmp_path / "only_tcp.py").write_text(ONLY_TCP)
        command = [sys.executable, str(tmp_path / "only_tcp.py"), deaf, "{connection_file}"]
        kernel(tmp_path / "jupyter", monkeypatch, "only-tcp", command)
        run(notebook(tmp_path / "in.ipynb", WHERE), tmp_path / "out.ipynb", kernel_name="only-tcp")
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

    def test_kernel_that_cannot_start(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kernel(tmp_path / "jupyter", monkeypatch, "broken", [sys.executable, "-c", "raise SystemExit(1)", "{connection_file}"])
        with pytest.raises(RuntimeError, match="Kernel died before replying"):
            run(notebook(tmp_path / "in.ipynb", "print(1)"), tmp_path / "out.ipynb", kernel_name="broken")
        states, statuses, found = record(tmp_path / "out.ipynb")
        assert (states, statuses, found.metadata.runbook["state"]) == (["not_run"], ["pending"], "kernel_died")
