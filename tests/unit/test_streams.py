"""What nobody reads any more ends nothing."""

from __future__ import annotations

import errno
import io
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
sys.exit(3)
"""


def test_a_closed_pipe_leaves_the_exit_code_alone() -> None:
    command = [sys.executable, "-c", TELLS]
    here = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for pipe in (process.stdout, process.stderr, process.stdin):
            assert pipe
            pipe.close()
        assert process.wait(timeout=60) == 3


def test_any_other_trouble_is_told() -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        Lasting(Full()).flush()
