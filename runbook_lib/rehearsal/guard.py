"""A child process that never outlives its parent, even one killed by SIGKILL; the same on Linux and macOS.

``Guarded`` starts this very file as a small process of its own, which starts the real command and holds the reading end
of a pipe from the parent. When the pipe closes, for whatever reason, the guard stops the command, everything that the
command started, and removes its directory. Nothing here imports the rest of the project: the guard starts in 30 ms.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

GRACE_SECONDS = 5.0


class Guarded:
    """A running command under guard.

    Args:
        command: The command line; nothing secret in it.
        log: Where its output goes.
        env: Its whole environment.
        remove: A directory to remove once it has ended.
        stop_signal: The signal that asks it to end.
        pass_fds: Descriptors that it inherits under the same numbers.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        remove: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        pass_fds: Sequence[int] = (),
    ) -> None:
        order = {
            "command": list(command),
            "remove": str(remove) if remove else None,
            "signal": int(stop_signal),
            "fds": list(pass_fds),
        }
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__, json.dumps(order)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=dict(env),
                pass_fds=pass_fds,
                start_new_session=True,  # Ctrl-C is for the parent, which then stops this in its own order
            )

    def alive(self) -> bool:
        """Whether the command still runs."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """What the command ended with, or None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """End the command and return when it, and all that it started, is gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=3 * GRACE_SECONDS)


def _guard(order: dict[str, Any], parent: IO[bytes]) -> int:
    # Whoever wants the command gone closes the pipe; signals meant for others do not reach it.
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    child = subprocess.Popen(
        order["command"],
        stdin=subprocess.DEVNULL,
        pass_fds=order["fds"],
        start_new_session=True,
        preexec_fn=_listen_to_signals,  # noqa: PLW1509  # this process has one thread
    )
    try:
        for descriptor in order["fds"]:
            os.close(descriptor)
        _wait(child, parent)
        child.send_signal(order["signal"])
        with suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # the command itself if it did not listen, and what it left behind
        code = child.wait()
        if order["remove"]:
            shutil.rmtree(order["remove"], ignore_errors=True)
    return code


def _listen_to_signals() -> None:
    for heard in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(heard, signal.SIG_DFL)  # an ignored signal stays ignored in what one starts


def _wait(child: subprocess.Popen[bytes], parent: IO[bytes]) -> None:
    """Return when the child has ended or the parent has closed its pipe; nothing is ever written to it."""
    ended, notify = os.pipe()
    for descriptor in (ended, notify):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(notify, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ready: list[int] = []
    while child.poll() is None and parent.fileno() not in ready:
        ready, _, _ = select.select([parent.fileno(), ended], [], [], 1.0)
        with suppress(BlockingIOError):
            os.read(ended, 512)


if __name__ == "__main__":
    sys.exit(_guard(json.loads(sys.argv[1]), sys.stdin.buffer))
