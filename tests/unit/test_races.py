"""Two at once on one run: what one has looked at and what it records are one, whatever the other does meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.runs import create, dead

from runbook_lib import ledger, settings, settling
from runbook_lib.errors import RecordError
from runbook_lib.run import Run
from runbook_lib.settling import ATTEMPT_VARIABLE, token

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "02_plan"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    return create()


def test_a_step_does_not_begin_while_another_one_is_beginning(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else both kernels that were given the attempt would find that nobody has begun it."""
    attempt = run.begin(PLAN, "notebook.started")
    monkeypatch.setenv(ATTEMPT_VARIABLE, token(run.facts.run, PLAN, attempt))
    monkeypatch.setattr(ledger, "LOCK_SECONDS", 0.0)
    look, other, refused = run.attempts, Run.open(run.directory), []

    def looked() -> Any:
        found = look()
        with pytest.raises(RecordError, match="is locked by another process") as error:
            other.step_begins(PLAN)
        refused.append(error)
        return found

    monkeypatch.setattr(run, "attempts", looked)
    assert run.step_begins(PLAN) == attempt
    assert refused
    assert [event["event"] for event in run.ledger.events()].count("step.started") == 1


def test_what_somebody_else_has_settled_meanwhile_is_not_settled_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.ledger.begin("notebook.started", PLAN, owner=dead().model_dump())
    end_work, other = settling._end_work, []

    def slowly(*given: Any) -> list[str]:
        monkeypatch.setattr(settling, "_end_work", end_work)
        other.extend(Run.open(run.directory).settle())
        return end_work(*given)

    monkeypatch.setattr(settling, "_end_work", slowly)
    assert run.settle() == []
    assert [each.number for each in other] == [1]
    assert [event["event"] for event in run.ledger.events()].count("notebook.killed") == 1
