"""A step passed only if notebook, result and error all say so."""

from __future__ import annotations

import pytest

from runbook_lib.errors import ExitCode
from runbook_lib.results import Status
from runbook_lib.states import State, conclude

P, F, U = Status.PASS, Status.FAIL, Status.UNKNOWN


@pytest.mark.parametrize(
    ("state", "result", "error", "status", "code"),
    [
        (State.OK, P, None, P, ExitCode.PASSED),
        (State.OK, F, None, F, ExitCode.FAILED),
        (State.OK, U, None, U, ExitCode.FAILED),
        (State.OK, None, None, U, ExitCode.ENGINE),
        (State.OK, P, ExitCode.RECORDS, U, ExitCode.RECORDS),  # it ran to its end, and could not be recorded
        (State.OK, F, ExitCode.RECORDS, F, ExitCode.RECORDS),
        (State.FAILED, P, ExitCode.USAGE, U, ExitCode.USAGE),
        (State.FAILED, P, None, U, ExitCode.ENGINE),
        (State.INTERRUPTED, P, ExitCode.USAGE, U, ExitCode.INTERRUPTED),
        (State.EXITED, P, ExitCode.FAILED, U, ExitCode.ENGINE),
        (State.KERNEL_DIED, F, None, F, ExitCode.ENGINE),
    ],
)
def test_what_follows(state: State, result: Status | None, error: ExitCode | None, status: Status, code: ExitCode) -> None:
    found = conclude(state, result, error)
    assert (found.status, found.exit_code) == (status, code)


@pytest.mark.parametrize("error", [None, *ExitCode])
@pytest.mark.parametrize("result", [None, *Status])
@pytest.mark.parametrize("state", State)
def test_only_one_combination_passes(state: State, result: Status | None, error: ExitCode | None) -> None:
    found = conclude(state, result, error)
    passes = (state, result, error) == (State.OK, P, None)
    assert (found.status is P, found.exit_code is ExitCode.PASSED) == (passes, passes)
