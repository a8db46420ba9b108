"""Does something after so many seconds, unless it is called off first."""

from __future__ import annotations

import os
import select
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Alarm:
    """What ``threading.Timer`` is, but waiting for a span of time.

    A Timer waits for a moment of the monotonic clock, and never wakes where that is faked for a process and not for the
    system (libfaketime), which is how the runbook is tried on other days.

    Args:
        seconds: How long to wait.
        act: What to do then, in a thread of its own.
    """

    def __init__(self, seconds: float, act: Callable[[], object]) -> None:
        self._called_off, self._calling_off = os.pipe()
        self._off = threading.Lock()
        threading.Thread(target=self._wait, args=[seconds, act], daemon=True).start()

    def call_off(self) -> None:
        """Do nothing any more; once is enough, and after the act it changes nothing."""
        if self._off.acquire(blocking=False):
            os.close(self._calling_off)

    def _wait(self, seconds: float, act: Callable[[], object]) -> None:
        heard, _, _ = select.select([self._called_off], [], [], seconds)
        os.close(self._called_off)
        if not heard:
            act()
