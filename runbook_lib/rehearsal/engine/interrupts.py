"""Ctrl-C and SIGTERM while an operation runs: the first lets it come to an orderly end, the second ends it at once."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.engine.run import Run

INTERRUPTED = {
    signal.SIGINT: "^C received; cancelling. If you would like to terminate immediately, press ^C again.\n",
    signal.SIGTERM: "SIGTERM received; cancelling. If you would like to terminate immediately, send SIGTERM again.\n",
}
CAUTION = "Note that terminating immediately may lead to orphaned resources and other inconsistencies.\n"


class Interrupts:
    """Takes a run's interrupts for as long as the block lasts.

    Args:
        run: The operation.
        end_program: Ends the program, if one runs.
    """

    def __init__(self, run: Run, end_program: Callable[[], None]) -> None:
        self._run = run
        self._end_program = end_program

    def __enter__(self) -> Self:
        """Take them from whoever had them."""
        self._before: dict[signal.Signals, Any] = {kind: signal.signal(kind, self._interrupt) for kind in INTERRUPTED}
        return self

    def __exit__(self, *_: object) -> None:
        """Give them back."""
        for kind, handler in self._before.items():
            signal.signal(kind, handler)

    def _interrupt(self, kind: int, _frame: object) -> None:
        run = self._run
        if not run.cancelled:
            run.cancelled = True
            run.stopping.set()
            sys.stderr.write(INTERRUPTED[signal.Signals(kind)] + CAUTION)
            self._end_program()
            return
        run.journal.freeze()
        run.registry.kill()
