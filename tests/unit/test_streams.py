"""What nobody reads any more ends nothing."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runbook_lib.errors import ExitCode

FULL = Path("/dev/full")

TELLS = """
import sys
from rich.console import Console
from runbook_lib.display import ConsoleDisplay
from runbook_lib.streams import lasting_streams
sys.stdin.read()
with lasting_streams():
    ConsoleDisplay(Console()).said("one")
    print("two", file=sys.stderr)
    print("x" * 100000)
    print("still buffered when this ends")
sys.exit(3)
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe_leaves_the_exit_code_alone(unbuffered: str) -> None:
    command = [sys.executable, "-c", TELLS]
    here = Path(__file__).parents[2]
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, cwd=here, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        for end in (process.stdout, process.stderr, process.stdin):
            assert end
            end.close()
        assert process.wait(timeout=60) == 3


def of_today() -> dict[str, str]:
    """These surroundings without libfaketime.

    Its clock is a file that it opens before anything else, as the first number that is free: a process without a standard
    output would print into it, and change the time of every process that shares it.
    """
    return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def runbook(*arguments: str, redirected: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", "-c", f'exec "$0" -m runbook_lib {shlex.join(arguments)} {redirected}', sys.executable]
    here = Path(__file__).parents[2]
    return subprocess.run(command, cwd=here, env=of_today(), capture_output=True, text=True, check=False)


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
class TestFullDisk:
    def test_ends_what_is_shown_and_not_what_is_done(self) -> None:
        with FULL.open("w") as full:
            done = subprocess.run(
                [sys.executable, "-c", TELLS], cwd=Path(__file__).parents[2], check=False, input=b"", stdout=full
            )
        assert done.returncode == 3

    @pytest.mark.parametrize("arguments", [("list",), ("list", "--json")])
    def test_is_one_line_where_there_is_nothing_but_what_is_shown(self, arguments: tuple[str, ...]) -> None:
        done = runbook(*arguments, redirected=f">{FULL}")
        assert done.returncode == ExitCode.ENGINE
        assert done.stderr.startswith("runbook: Standard output cannot be written: No space left on device.\n")
        assert "Error" not in done.stderr


@pytest.mark.parametrize("redirected", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_streams_that_were_not_given_are_not_missed(redirected: str) -> None:
    done = runbook("list", redirected=redirected)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_was_not_given_is_no_files_number() -> None:
    """The next file that is opened would be printed into, by whatever is started."""
    opens = "from runbook_lib.streams import lasting_streams\nwith lasting_streams(): raise SystemExit(open(__file__).fileno())"
    command = ["/bin/sh", "-c", 'exec "$0" "$1" <&- >&- 2>&-', sys.executable]
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(opens)
        script.flush()
        environment = {**of_today(), "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run([*command, script.name], env=environment, check=False)
    assert 2 < done.returncode < 100
