"""The runbook's errors: one tree, each with a remedy and the exit code it leads to.

Raising has no side effects; who catches decides what is logged. Exit codes are the command line's
contract (``ExitCode``) and are listed in the README.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runbook_lib.engine_events import Outcome


class ExitCode(IntEnum):
    """What ``runbook`` exits with."""

    PASSED = 0
    FAILED = 1
    """A gate or a check failed, or a result is unknown."""
    USAGE = 2
    """Bad usage, parameters or configuration, found before anything ran."""
    WAITING = 3
    """Reserved: waiting for an approval."""
    ENGINE = 4
    """The engine, the emulator or AWS failed."""
    RECORDS = 5
    """Records fail verification."""
    INTERRUPTED = 130


class RunbookError(Exception):
    """Base of every error the runbook raises on purpose.

    Args:
        message: What was wrong, and where.
        remedy: What to do about it.
        evidence: JSON values about what had been done by then; they are saved with the step's result.
    """

    exit_code: ExitCode = ExitCode.ENGINE

    def __init__(self, message: str, *, remedy: str = "", evidence: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.evidence = dict(evidence or {})

    def diagnostics(self) -> str:
        """The message and, on a line of its own, what to do about it."""
        return f"{self.message}\n  {self.remedy}" if self.remedy else self.message


class UsageError(RunbookError):
    """Raised when a parameter, an option or a configuration is wrong, before anything ran."""

    exit_code = ExitCode.USAGE


class LockedError(UsageError):
    """Raised when somebody else works on the stack; nothing has run."""


class GateError(RunbookError):
    """Raised when a step's result is not PASS; the result is saved before."""

    exit_code = ExitCode.FAILED


class EngineError(RunbookError):
    """Raised when Pulumi, the embedded engine or a program under it fails."""


class ConstraintError(EngineError):
    """Raised when Pulumi stopped an update because the program asked for something else than the plan it was held to.

    Args:
        message: What was wrong.
        refused: A sentence for each thing that was asked for otherwise.
        outcome: The ``Outcome`` of what had been done by then.
        evidence: The same as JSON values.
    """

    def __init__(
        self, message: str, *, refused: Sequence[str], outcome: Outcome, evidence: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message, evidence=evidence)
        self.refused = tuple(refused)
        self.outcome = outcome


class NoPlansError(EngineError):
    """Raised when the ``pulumi`` command takes no saved plans; nothing has run."""


class TargetError(RunbookError):
    """Raised when AWS, or the emulator in its place, does not answer or answers an error."""


class FunctionError(TargetError):
    """Raised when a Lambda function was invoked and failed; the message holds its own error."""


class NotebookError(RunbookError):
    """Raised when a notebook ended without a result: a cell raised, timed out, or its kernel died."""


class RecordError(RunbookError):
    """Raised when a record is missing, changed, or would be overwritten."""

    exit_code = ExitCode.RECORDS


class InterruptedRunError(RunbookError):
    """Raised when the operator or CI interrupted the run; what was done is recorded."""

    exit_code = ExitCode.INTERRUPTED
