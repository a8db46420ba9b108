"""Something that happens once, and can be waited for."""

from __future__ import annotations

import threading
from multiprocessing.connection import Pipe


class Flag:
    """What ``threading.Event`` is, but a wait with a limit is for a span of time.

    An Event waits until a moment of the monotonic clock, and never wakes where that is faked for a process and not for the
    system (libfaketime), which is how the runbook is tried on other days.
    """

    def __init__(self) -> None:
        self._heard, self._said = Pipe(duplex=False)
        self._setting = threading.Lock()

    def set(self) -> None:
        """It has happened; once is enough."""
        with self._setting:
            if not self._said.closed:
                self._said.close()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it happens, or for so long.

        Returns:
            Whether it has happened.
        """
        return self._heard.poll(seconds)
