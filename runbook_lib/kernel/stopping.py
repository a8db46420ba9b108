"""While a notebook runs, what would end this process ends the work in the kernel first."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from runbook_lib.kernel.alarm import Alarm
from runbook_lib.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stop(Protocol):
    """Asks the work in the kernel to stop."""

    def __call__(self, cause: State, *, insists: bool = True) -> None:
        """Ask; a second time, if it insists, ends it at once."""


HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopping(stop: Stop, timeout: float | None) -> Iterator[None]:
    """Have SIGINT, SIGTERM, a closed terminal and the end of the notebook's time ask the work to stop.

    Args:
        stop: Asks it, with the cause. A terminal that is closed may hang up more than once: only Ctrl-C or SIGTERM insists.
        timeout: Seconds the notebook may take.
    """
    alarm = Alarm(timeout, partial(stop, State.TIMED_OUT)) if timeout else None
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in HEARD:
            if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup: it is to outlive its terminal
            handlers[number] = signal.signal(number, lambda heard, _: stop(State.INTERRUPTED, insists=heard != signal.SIGHUP))
    try:
        yield
    finally:
        if alarm:
            alarm.call_off()
        for number, handler in handlers.items():
            signal.signal(number, handler)
