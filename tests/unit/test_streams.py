"""What nobody reads any more ends nothing."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runbook_lib.streams import Lasting

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


def test_any_other_trouble_is_told() -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        Lasting(Full()).flush()
