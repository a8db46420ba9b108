"""What would end this process waits until what it interrupts is on record."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class HeldBack:
    """Meanwhile SIGINT, SIGTERM and SIGHUP are only noted; whoever handles them hears of them at the end, or in ``let_through``.

    Between the event with which something begins and the one that ends it no moment is left in which an interrupt loses the
    second. Where there is no handler to hold back for (``nohup``, another thread than the main one), nothing changes.
    """

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._heard: list[int] = []

    def __enter__(self) -> Self:
        self._hold()
        return self

    def __exit__(self, *_: object) -> None:
        self._let()

    @contextmanager
    def let_through(self) -> Iterator[None]:
        """Signals are heard here, those first that came before."""
        try:
            self._let()
            yield
        finally:
            self._hold()

    def _hold(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in HEARD:
            if number not in self._before and signal.getsignal(number) not in {None, signal.SIG_IGN}:
                self._before[number] = signal.signal(number, lambda heard, _: self._heard.append(heard))

    def _let(self) -> None:
        try:
            while self._before:
                signal.signal(*self._before.popitem())
        finally:
            while self._before:  # one that came in between has been heard already
                signal.signal(*self._before.popitem())
        heard, self._heard = self._heard, []
        for number in heard:
            signal.raise_signal(number)
