"""Does something after so many seconds, unless it is called off first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from runbook_lib.flag import Flag

if TYPE_CHECKING:
    from collections.abc import Callable


class Alarm:
    """What ``threading.Timer`` is, but waiting for a span of time (`flag`).

    Args:
        seconds: How long to wait.
        act: What to do then, in a thread of its own.
    """

    def __init__(self, seconds: float, act: Callable[[], object]) -> None:
        self._off = Flag()
        threading.Thread(target=self._wait, args=[seconds, act], daemon=True).start()

    def call_off(self) -> None:
        """Do nothing any more; once is enough, and after the act it changes nothing."""
        self._off.set()

    def _wait(self, seconds: float, act: Callable[[], object]) -> None:
        if not self._off.wait(seconds):
            act()
