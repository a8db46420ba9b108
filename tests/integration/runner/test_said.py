"""What a kernel says outside its messages reaches the terminal without secrets, and none of it is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from integration.runner.notebooks import kernel, notebook, papermill_command

SECRET = "Qz7kXw9PmLt4Vb2N"
BY_PROGRAM = (
    "import subprocess\nsubprocess.run('echo SUB $AWS_SECRET_ACCESS_KEY; echo ERR $AWS_SECRET_ACCESS_KEY >&2', shell=True)"
)
RAW = "import os\nos.write(1, b'RAW ' + os.environ['AWS_SECRET_ACCESS_KEY'].encode() + b'\\n')"
DUNDER = "import sys, os\nsys.__stdout__.write('DUNDER ' + os.environ['AWS_SECRET_ACCESS_KEY'] + '\\n'); sys.__stdout__.flush()"
LEARNED = (
    "import os\nfrom runbook_lib import redaction\nword = 'l3arned-' + 'in-a-cell'\nredaction.register(word, 'word')\n"
    "os.write(2, b'LEARNED ' + word.encode() + b'\\n')"
)


def papermill(folder: Path, *sources: str, name: str = "python3") -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST")
    }  # ipykernel would not listen
    environment["AWS_SECRET_ACCESS_KEY"] = SECRET
    command = [*papermill_command(), "-k", name, notebook(folder / "in.ipynb", *sources), folder / "out.ipynb"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("start")
def test_no_secret_on_the_terminal(tmp_path: Path) -> None:
    done = papermill(tmp_path, BY_PROGRAM, RAW, DUNDER, LEARNED)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert "l3arned-in-a-cell" not in done.stdout + done.stderr
    for said in ("SUB", "ERR", "RAW", "DUNDER"):
        assert f"{said} [redacted:AWS_SECRET_ACCESS_KEY]\n" in done.stderr
    assert "LEARNED [redacted:word]\n" in done.stderr


def test_why_a_kernel_did_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    why = "import os, sys; sys.exit('no room for ' + os.environ['AWS_SECRET_ACCESS_KEY'])"
    kernel(tmp_path, monkeypatch, "never", [sys.executable, "-c", why, "ipykernel", "{connection_file}"])
    done = papermill(tmp_path, "print(1)", name="never")
    assert done.returncode != 0
    assert "no room for [redacted:AWS_SECRET_ACCESS_KEY]\n" in done.stderr


def test_a_flood_is_neither_waited_for_nor_kept(tmp_path: Path) -> None:
    done = papermill(tmp_path, "import subprocess\nsubprocess.run('yes 0123456789 | head -c 5000000', shell=True)")
    assert done.returncode == 0, done.stderr
    assert len(done.stderr) < 2_000_000
    assert "bytes more.\n" in done.stderr
