"""Killed at any moment, a runner leaves nothing at work, a record that can be read, and no secret in any file."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from integration.runner.notebooks import at_work, notebook, papermill_command
from integration.waiting import until
from unit.redaction.secrets_of_odd_shapes import ENCODED, ODD, SPELLINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
KILLS = int(os.environ.get("RUNBOOK_TEST_KILLS", "12"))
LEARNED = "learned/in-the+kernel-7q"
STARTS = "import subprocess; subprocess.Popen(['sleep', '600']); get_ipython().system_raw('sleep 601 &')"
SAYS = """\
import json, subprocess, sys, time
from IPython.display import HTML, JSON, display
told = json.loads(open({path!r}).read())
while True:
    for one in told["known"]:
        print(one)
        half = len(one) // 2
        print(one[:half], end="", flush=True)
        print("-", end="", file=sys.stderr, flush=True)
        print(one[half:], flush=True)
        display(HTML(f"<td>{{one}}</td>"), JSON({{"value": [one]}}))
    import botocore.credentials
    botocore.credentials.Credentials("key", told["learned"])
    print(told["learned"], flush=True)
    subprocess.run(["echo", told["learned"], told["known"][0]])
"""
"""Says every spelling in every way that is quick, and what it has just learned; over and over."""


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[Path]:
    """The runners' temporary folder: with a path that is short enough for sockets, and searched like the rest."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        (tmp_path / "run" / "temporary").symlink_to(folder)
        yield Path(folder)


@pytest.fixture(autouse=True)
def run(tmp_path: Path) -> Path:
    """All that runners may write to."""
    (tmp_path / "run" / "home").mkdir(parents=True)
    return tmp_path / "run"


def test_killed_at_any_moment(tmp_path: Path, run: Path, mark: str, temporary: Path) -> None:
    """By each signal in turn, at moments drawn with a seed; every file is searched after each."""
    spelled = [how(secret) for secret in ODD for how in (*SPELLINGS.values(), *ENCODED.values())]
    sought = {LEARNED, *ODD, *spelled}
    # The log is shown while it is said: of what a spelling breaks into lines, the first are out when the last arrive.
    of_log = {one for one in sought if "\n" not in one or one in ODD}
    told = tmp_path / "told.json"
    told.write_text(json.dumps({"known": spelled, "learned": LEARNED}))
    source = notebook(tmp_path / "in.ipynb", STARTS, SAYS.format(path=str(told)))
    environment = os.environ | {f"AWS_{n}_PASSWORD": secret for n, secret in enumerate(ODD)}
    environment |= {"TMPDIR": str(temporary), "HOME": str(run / "home")}
    moments = random.Random(8)
    searched = 0
    for turn in range(KILLS):
        output = run / f"{turn}.ipynb"
        with (run / f"{turn}.said").open("wb") as said:
            command = [*papermill_command(), "--log-output", source, output]
            runner = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        time.sleep(moments.uniform(0, 6))
        runner.send_signal(SIGNALS[turn % len(SIGNALS)])
        assert runner.wait(120) != 0
        until(lambda: not at_work(mark), "something is still at work")
        if output.exists():
            found = nbformat.read(output, as_version=4)
            assert found.metadata.runbook["state"] in {"running", "interrupted"}
        files = [path for path in (*run.rglob("*"), *temporary.rglob("*")) if path.is_file()]
        for path in files:
            _search(path, of_log if path.suffix == ".said" else sought)
        searched += len(files)
    assert searched > KILLS


def _search(path: Path, sought: set[str]) -> None:
    """Look through a file's bytes for each secret in each spelling, as it is and as JSON spells it."""
    content = path.read_bytes()
    hits = [one for one in sought if one.encode() in content or json.dumps(one)[1:-1].encode() in content]
    assert hits == [], path
