"""How a cell, a notebook, a step's attempt ended: one vocabulary, and the one place that says what follows from it.

The words are the same in a cell's and a notebook's metadata, in the ledger, and on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runbook_lib.errors import ExitCode
from runbook_lib.results import Status


class State(StrEnum):
    """How a cell, or a whole notebook, ended."""

    OK = "ok"
    """Ran to its end. Of a notebook: every cell of it that was to run did, and it is over."""
    FAILED = "failed"
    """Raised an error."""
    TIMED_OUT = "timed_out"
    KERNEL_DIED = "kernel_died"
    INTERRUPTED = "interrupted"
    EXITED = "exited"
    """Called ``sys.exit``, ``exit()`` or ``quit()``: whatever the code, the cells after it never ran."""
    SKIPPED = "skipped"
    """Was told not to run (a tag)."""
    RUNNING = "running"
    """At work when this was last written; where nobody writes any more, the runner itself was killed."""
    NOT_RUN = "not_run"


@dataclass(frozen=True)
class Conclusion:
    """What a step's attempt comes to."""

    status: Status
    exit_code: ExitCode


def conclude(state: State, result: Status | None, error: ExitCode | None) -> Conclusion:
    """What follows from how the notebook ended, what its result says, and what was raised; pure.

    A step passed only if notebook *and* result say so.

    Args:
        state: The notebook's.
        result: The status in the step's result; ``None`` where it left none.
        error: The exit code of the error that ended the notebook; ``None`` where nothing was raised, or nothing of the runbook's.
    """
    if state is State.OK and error is None:
        codes = {Status.PASS: ExitCode.PASSED, Status.FAIL: ExitCode.FAILED, Status.UNKNOWN: ExitCode.FAILED}
        return Conclusion(Status.UNKNOWN, ExitCode.ENGINE) if result is None else Conclusion(result, codes[result])
    status = Status.UNKNOWN if result in {None, Status.PASS} else result
    if state is State.INTERRUPTED:
        return Conclusion(status, ExitCode.INTERRUPTED)
    # Whatever else ended it, an error of the runbook's own tells best what happened; it is never "passed".
    return Conclusion(status, error if state in {State.OK, State.FAILED} and error else ExitCode.ENGINE)
