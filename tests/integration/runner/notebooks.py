"""Small notebooks, run by the papermill engine, and what they leave on record."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest

V4 = nbformat.v4
MARK = "RUNBOOK_TEST"
"""The variable by which a test's processes are known."""


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


def kernel(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: list[str], **metadata: object) -> None:
    """A kernel specification, for this test only."""
    specification = {"argv": command, "display_name": name, "language": "python", "metadata": metadata}
    (folder / "kernels" / name).mkdir(parents=True)
    (folder / "kernels" / name / "kernel.json").write_text(json.dumps(specification))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


def interrupt_when(begun: Path) -> None:
    deadline = time.monotonic() + 60
    while not begun.exists():
        assert time.monotonic() < deadline, "the work never began"
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)


def at_work(mark: str) -> list[str]:
    """Every process of a test that still runs."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def papermill_command() -> list[str]:
    """Papermill's own command line, with this engine."""
    return [sys.executable, "-m", "papermill", "--engine", "runbook", "--no-progress-bar"]


def held(folder: Path, secret: str) -> list[str]:
    """The files under a folder that hold a secret, as it is or as JSON spells it."""
    spelled = {secret.encode(), json.dumps(secret)[1:-1].encode()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes() for one in spelled)]
