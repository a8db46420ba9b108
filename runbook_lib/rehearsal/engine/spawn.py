"""Child processes that end with this one, even when it is killed."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runbook_lib.forked import Forked, fork_piped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Child = subprocess.Popen[str] | Forked
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# The kernel ties a child's life to the thread that made it, so one thread that never ends makes them all.
_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


def spawn(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], talk: bool = False) -> Child:
    """Start a process with its output as text pipes, in a session of its own: an interrupt is the engine's to handle.

    Args:
        command: The program and its arguments.
        folder: Its working directory.
        environment: Its environment.
        talk: Whether its standard input is a pipe too.
    """
    forked = fork_piped(command, folder=str(folder), environment=environment, talk=talk)
    return forked or _SPAWNER.submit(_spawn, command, folder, environment, talk=talk).result()


def _spawn(command: Sequence[str], folder: Path, environment: Mapping[str, str], *, talk: bool) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE if talk else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - it makes one system call and takes no lock
    )


def _die_with_parent() -> None:
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
