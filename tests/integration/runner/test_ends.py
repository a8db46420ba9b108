"""However a run ends, nothing goes on behind it: what saves its state is given the time, anything else is ended and named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from integration.runner.notebooks import at_work, notebook, papermill_command, record, run
from integration.waiting import until
from nbclient.exceptions import CellTimeoutError

from runbook_lib.kernel import group

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEPS = "import time; time.sleep(600)"

SAVES = """
import pathlib, signal, sys, time
def save(*_):
    for step in range(20):
        print("saving", step, flush=True)  # into a pipe: whoever started it must still be listening
        time.sleep(0.1)
    pathlib.Path(sys.argv[1]).touch()
    sys.exit(0)
signal.signal(signal.SIGINT, save)
pathlib.Path(sys.argv[2]).touch()
time.sleep(600)
"""
"""A stand-in for pulumi."""


def working_cell(folder: Path) -> str:
    """A cell that runs work which saves its state when it is interrupted, and listens to it meanwhile."""
    (folder / "saves.py").write_text(SAVES)
    command = [sys.executable, str(folder / "saves.py"), str(folder / "saved"), str(folder / "begun")]
    return (
        "import os, subprocess\nfrom runbook_lib.uninterrupted import WORK_VARIABLE, to_its_end\n"
        f"to_its_end(lambda: subprocess.run({command!r}, stdout=subprocess.PIPE, env={{**os.environ, WORK_VARIABLE: '1'}}))"
    )


class TestTimeout:
    """A cell's time is over: so is all that the notebook has started."""

    @pytest.mark.parametrize(
        "start",
        [
            "get_ipython().system_raw('sleep 4711 &')",
            "import subprocess; subprocess.Popen(['sleep', '4711'], start_new_session=True)",
            "import subprocess; subprocess.run('(setsid sleep 4711 &)', shell=True)",
        ],
        ids=["background", "session", "daemon"],
    )
    def test_strangers_are_ended_and_named(self, tmp_path: Path, mark: str, start: str) -> None:
        """Within seconds, not within the hour that work of the runbook's has; pytest's own timeout is the deadline."""
        with pytest.raises(CellTimeoutError):
            run(notebook(tmp_path / "in.ipynb", start, SLEEPS), tmp_path / "out.ipynb", execution_timeout=4)
        assert at_work(mark) == []
        states, _, found = record(tmp_path / "out.ipynb")
        assert states == ["ok", "timed_out"]
        cell = next(cell for cell in found.cells if cell.metadata.get("runbook", {}).get("state") == "timed_out")
        assert [each["command"] for each in cell.metadata.runbook["ended"]] == ["sleep 4711"]
        assert "Ended what the notebook had left running: sleep 4711" in str(cell.outputs)

    def test_cell_that_waits_for_a_deaf_stranger(self, tmp_path: Path, mark: str) -> None:
        deaf = "import subprocess; subprocess.run(\"trap '' INT; sleep 4711; true\", shell=True)"
        command = [*papermill_command(), notebook(tmp_path / "in.ipynb", "print(1)", deaf), tmp_path / "out.ipynb"]
        runner = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until(lambda: any(each.startswith("sleep") for each in at_work(mark)), "the work never began")
        runner.terminate()
        assert runner.wait(120) != 0
        assert at_work(mark) == []
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "interrupted"]

    def test_work_that_saves_its_state_is_given_the_time(
        self, tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(group, "PATIENCE", 0.2)
        monkeypatch.setattr(group, "STRANGERS_PATIENCE", 0.2)
        source = notebook(tmp_path / "in.ipynb", "print(1)", working_cell(tmp_path))
        with pytest.raises(CellTimeoutError):
            run(source, tmp_path / "out.ipynb", execution_timeout=5)
        assert (tmp_path / "saved").exists()
        assert at_work(mark) == []
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "timed_out"]


@pytest.mark.usefixtures("start")
class TestRunnerThatIsEnded:
    """Asked to end, it ends the work in order; killed, its guard does."""

    @pytest.fixture
    def runner(self, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
        source = notebook(tmp_path / "in.ipynb", "print(1)", working_cell(tmp_path), "print(3)")
        (tmp_path / "tmp").mkdir()
        short = tempfile.mkdtemp()  # for the kernel's sockets
        (tmp_path / "short").symlink_to(short)
        environment = os.environ | {"TMPDIR": short}
        command = [*papermill_command(), source, tmp_path / "out.ipynb"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        until((tmp_path / "begun").exists, "the work never began")
        yield process
        process.kill()
        process.wait()

    @pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
    def test_asked(self, tmp_path: Path, mark: str, runner: subprocess.Popen[bytes], number: signal.Signals) -> None:
        runner.send_signal(number)
        assert runner.wait(120) != 0
        assert (tmp_path / "saved").exists()
        assert at_work(mark) == []
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "interrupted", "not_run"]

    def test_killed(self, tmp_path: Path, mark: str, runner: subprocess.Popen[bytes]) -> None:
        runner.kill()
        until(lambda: not at_work(mark), "something is still at work")
        assert (tmp_path / "saved").exists()
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "running", "not_run"]
        until(lambda: not list((tmp_path / "short").glob("runbook-kernel-*")), "the kernel's sockets are still there")


class TestRunner:
    """The rest of what can happen to it."""

    def test_hangup_is_no_matter_to_who_asked_not_to_hear_it(self, tmp_path: Path) -> None:
        cell = f"import time\nopen({str(tmp_path / 'begun')!r}, 'w').close()\ntime.sleep(2)"
        command = ["nohup", *papermill_command(), notebook(tmp_path / "in.ipynb", "print(1)", cell), tmp_path / "out.ipynb"]
        runner = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until((tmp_path / "begun").exists, "the work never began")
        runner.send_signal(signal.SIGHUP)
        assert runner.wait(120) == 0

    def test_killed_while_a_cell_has_much_to_say(self, tmp_path: Path, mark: str) -> None:
        """Somebody reads what the kernel says outside its messages, or it would wait for that instead of ending its cell."""
        cell = (
            f"import os, time\nopen({str(tmp_path / 'begun')!r}, 'w').close()\ntry: time.sleep(600)\n"
            f"finally:\n    for _ in range(40): os.write(1, b'x' * 65_535 + b'\\n')\n"
            f"    open({str(tmp_path / 'saved')!r}, 'w').close()"
        )
        command = [*papermill_command(), notebook(tmp_path / "in.ipynb", "print(1)", cell), tmp_path / "out.ipynb"]
        runner = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until((tmp_path / "begun").exists, "the work never began")
        runner.kill()
        runner.wait()
        until(lambda: not at_work(mark), "something is still at work")
        assert (tmp_path / "saved").exists()
