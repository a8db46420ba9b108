"""A kernel and what it started, as one process group: asked to stop together, waited for, killed only in the end."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import psutil

POLL_SECONDS = 0.1


class KernelGroup:
    """The process group that a kernel leads.

    Args:
        leader: The kernel's process id, which is its group's too, and stays so when the kernel has died.
    """

    def __init__(self, leader: int) -> None:
        self._leader = leader

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every process of the group."""
        with suppress(ProcessLookupError):  # all of them have ended meanwhile
            os.killpg(self._leader, number)

    def work(self) -> list[psutil.Process]:
        """What the kernel started and still runs, whoever its parent is by now."""
        return [process for process in psutil.process_iter() if process.pid != self._leader and self._holds(process)]

    def let_end(self, seconds: float) -> None:
        """Wait until the work, which was asked to stop, has saved its state and ended; then end what has not."""
        deadline = time.monotonic() + seconds
        while self.work() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for process in self.work():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _holds(self, process: psutil.Process) -> bool:
        try:
            return os.getpgid(process.pid) == self._leader and process.status() != psutil.STATUS_ZOMBIE
        except (ProcessLookupError, psutil.NoSuchProcess):
            return False
