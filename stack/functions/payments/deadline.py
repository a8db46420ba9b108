"""A hard end for a request whose dependency hangs longer than its own timeouts say.

They add up: botocore's connect timeout holds for each address of a name, and S3 has up to eight; a broken database
connection costs a second login and maybe a second reading of the secret. Lambda would then end the function without an
answer, a log line or a metric. So the function ends the work itself, a little earlier.
"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any, NoReturn, Self

from payments.errors import TimeNearlyOutError

if TYPE_CHECKING:
    from collections.abc import Callable

MARGIN_SECONDS = 1.5
"""Enough to log, count and answer."""
_AT_ONCE = 0.001
"""For a timer that went off meanwhile: 0 would mean never."""


class DeadlineError(BaseException):
    """Raised in the middle of whatever is going on; no `Exception`, which botocore and pg8000 would catch and try again."""


class Deadline:
    """Lets its body go on until shortly before Lambda ends the function, then raises `DeadlineError` in it.

    It takes over SIGALRM and its timer and gives both back; signals reach the main thread only, where Lambda calls.

    Args:
        remaining_ms: How long Lambda lets the function go on.

    Raises:
        TimeNearlyOutError: There is no time left to begin anything.
    """

    def __init__(self, remaining_ms: Callable[[], int]) -> None:
        self._seconds = remaining_ms() / 1000 - MARGIN_SECONDS

    def __enter__(self) -> Self:
        if self._seconds <= 0:
            raise TimeNearlyOutError  # nothing has begun yet, so that nothing is left half-way
        self._began = time.monotonic()
        self._timer = signal.setitimer(signal.ITIMER_REAL, 0)
        self._handler = signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)  # it may go off just before; it rings once only
        finally:
            signal.signal(signal.SIGALRM, self._handler)
            left, interval = self._timer
            if left:
                signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - self._began), _AT_ONCE), interval)


def _ring(_signal: int, _frame: Any) -> NoReturn:
    raise DeadlineError
