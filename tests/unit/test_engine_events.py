"""What is on record of an operation that did not come to its end: a preview has applied nothing, however far it came."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi.automation import CommandResult
from pulumi.automation.errors import CommandError

from runbook_lib.engine import _translated
from runbook_lib.engine_events import Recorder
from runbook_lib.errors import EngineError, InterruptedRunError, NoPlansError


def event(kind: str, op: str = "create", name: str = "a") -> Any:
    step = SimpleNamespace(
        op=op, urn=f"urn::{name}", type="t", provider="", old=None, new=None, keys=None, diffs=None, detailed_diff=None
    )
    kinds = dict.fromkeys(("resource_pre_event", "res_outputs_event", "diagnostic_event", "policy_event", "summary_event"))
    return cast("Any", SimpleNamespace(timestamp=1, **{**kinds, kind: SimpleNamespace(metadata=step)}))


def interrupted(recorder: Recorder, what: str) -> InterruptedRunError:
    for name in ("a", "b"):
        recorder(event("resource_pre_event", name=name))
    recorder(event("res_outputs_event", name="a"))
    with pytest.raises(InterruptedRunError) as raised, _translated(what, recorder):
        raise KeyboardInterrupt
    return raised.value


def test_an_interrupted_preview_has_applied_nothing() -> None:
    error = interrupted(Recorder(lambda _line: None, applies=False), "preview")
    assert error.evidence == {"applied": False, "previewed": 1, "warnings": []}
    assert "nothing was applied" in error.message
    assert "saved its state" not in error.message


def test_an_interrupted_update_has_done_what_it_has_done() -> None:
    error = interrupted(Recorder(lambda _line: None), "up")
    assert error.evidence["applied"] is True
    assert (error.evidence["announced"], [done["urn"] for done in error.evidence["done"]]) == (2, ["urn::a"])
    assert "saved its state" in error.message


def test_a_command_that_has_told_of_something_has_not_refused_its_flags() -> None:
    """Otherwise a program that prints as much would be updated again, and held to nothing."""
    refused = CommandError(CommandResult(stdout="", stderr="error: unknown flag: --plan\n", code=1))
    recorder = Recorder(lambda _line: None)
    with pytest.raises(NoPlansError), _translated("up", recorder, held=True):
        raise refused
    recorder(event("resource_pre_event"))
    with pytest.raises(EngineError) as raised, _translated("up", recorder):
        raise refused
    assert not isinstance(raised.value, NoPlansError)
