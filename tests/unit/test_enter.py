"""Coming in: shown first, the stack held, what was killed settled; where nothing can begin, nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.runs import dead
from unit.test_way_in import STAGING, place, run

from runbook_lib import settings, way_in
from runbook_lib.aws import Aws
from runbook_lib.errors import LockedError, TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runbook_lib.run import Run

__all__ = ["place"]  # a fixture of the module that it is imported from, and of this one's tests


class TestEnter:
    def enter(self, begin: Callable[[way_in.Place], Run], said: list[str]) -> Run:
        with way_in.enter(STAGING, begin, said.append) as (_, found):
            return found

    def test_target_is_shown_before_anything_happens(self) -> None:
        said: list[str] = []

        def begin(found: way_in.Place) -> Run:
            assert said == [found.line]
            return run()

        made = self.enter(begin, said)
        assert [event["event"] for event in made.ledger.events()] == ["run.started", "stack.locked"]

    def test_the_stack_is_held_meanwhile(self) -> None:
        def begin(_: way_in.Place) -> Run:
            with pytest.raises(LockedError, match=r"staging-.*-demo is in use"):
                self.enter(lambda _: run(), [])
            return run()

        self.enter(begin, [])
        assert self.enter(lambda _: run(), [])

    def test_what_a_killed_runner_left_is_on_record_before_it_goes_on(self) -> None:
        made = run()
        made.ledger.begin("notebook.started", "03_deploy", owner=dead().model_dump())
        self.enter(lambda _: made, [])
        assert [event["event"] for event in made.ledger.events()][-2:] == ["notebook.killed", "stack.locked"]

    def test_where_aws_does_not_answer_nothing_begins(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def nobody(_: Aws) -> str:
            raise TargetError("who are you?")

        monkeypatch.setattr(Aws, "identity", nobody)
        with pytest.raises(TargetError):
            self.enter(lambda _: run(), [])
        assert list(tmp_path.glob("*/*/run.json")) == []


def test_locks_that_cannot_be_made_are_bad_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "file" / "outputs"))
    with (
        pytest.raises(UsageError, match=r"\.locks cannot be made: Not a directory") as raised,
        way_in.enter(STAGING, lambda _: run(), lambda _: None),
    ):
        pass
    assert settings.OUTPUTS_VARIABLE in raised.value.remedy
