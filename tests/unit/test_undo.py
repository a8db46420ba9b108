"""What takes something away says first what: a lock once it is on record whose it was, a stack once what is there was told."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from unit.locks import STACK, lock, of_another_machine
from unit.runs import create

from runbook_lib import operations, settings, undo, way_in
from runbook_lib.aws import Target
from runbook_lib.errors import ExitCode, RecordError, TargetError
from runbook_lib.ledger import Ledger
from runbook_lib.results import now
from runbook_lib.stack_lock import SILENT, held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runbook_lib.run import Run


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def run() -> Run:
    return create()


class TestUnlockedIsOnRecord:
    """Before the lock goes, wherever that can be."""

    def beside(self) -> dict[str, object]:
        *_, event = Ledger(way_in.locks() / undo.UNLOCKED).events()
        return event

    def test_beside_the_locks_as_in_its_run(self, run: Run) -> None:
        owner = of_another_machine(run=run.facts.run, heartbeat=now() - SILENT * 2)
        assert len(undo.unlock("staging")) == 1
        assert (self.beside()["of_run"], self.beside()["held"]) == (run.facts.run, list(run.ledger.events())[-1]["held"])
        assert str(owner.pid) in str(self.beside()["held"])

    def test_only_there_where_its_run_is_elsewhere(self) -> None:
        of_another_machine(run="20260101T000000Z-abcdef", heartbeat=now() - SILENT * 2)
        _, where = undo.unlock("staging")
        assert undo.UNLOCKED in where
        assert "no run '20260101T000000Z-abcdef'" in where
        assert self.beside()["of_run"] == "20260101T000000Z-abcdef"
        assert lock().owner() is None

    def test_a_damaged_run_keeps_nobody_locked_out(self, run: Run) -> None:
        (run.directory / "run.json").write_text("{}")
        of_another_machine(run=run.facts.run, heartbeat=now() - SILENT * 2)
        assert undo.UNLOCKED in undo.unlock("staging")[1]
        assert lock().owner() is None

    def test_what_cannot_be_recorded_stays_locked(self, run: Run) -> None:
        owner = of_another_machine(run=run.facts.run, heartbeat=now() - SILENT * 2)
        (way_in.locks() / undo.UNLOCKED).mkdir()
        with pytest.raises(RecordError, match=undo.UNLOCKED):
            undo.unlock("staging")
        assert lock().owner() == owner
        assert list(run.ledger.events())[-1]["event"] == "run.started"


class TestDamaged:
    """A lock file that does not say whose it is: one clear message, and a way on."""

    @pytest.fixture(autouse=True, params=["", '{"stack": "sta', "[]", '{"stack": 1}'])
    def damaged(self, request: pytest.FixtureRequest) -> str:
        way_in.locks().mkdir(parents=True)
        lock().path.write_text(request.param)
        return str(request.param)

    def test_is_refused_with_a_remedy_and_held_by_nobody(self) -> None:
        for _ in range(2):  # the second is not told that it is in use
            with pytest.raises(RecordError, match=f"Who holds {STACK} cannot be told") as caught:
                lock().take("staging")
            assert "runbook unlock" in caught.value.remedy
            assert "validation" not in caught.value.diagnostics()

    def test_is_unlocked_on_record(self, damaged: str) -> None:
        assert undo.unlock("production") == []
        [line] = undo.unlock("staging")
        assert "damaged" in line
        *_, event = Ledger(way_in.locks() / undo.UNLOCKED).events()
        assert (event["stack"], event["damaged"]) == (STACK, damaged)
        with held(lock(), "staging") as taken:
            assert taken.previous is None


class Said:
    """A display that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def said(self, line: str) -> None:
        self.lines.append(line)


class TestTeardown:
    """On AWS it is said where and what is there, and then deleted: confirmed beforehand, or when asked."""

    @pytest.mark.parametrize("confirm", ["staging", ""])
    @pytest.mark.parametrize("answers", [True, False])
    def test_says_what_is_there_first(self, monkeypatch: pytest.MonkeyPatch, run: Run, confirm: str, *, answers: bool) -> None:
        display, place = Said(), way_in.Place(settings.environment("staging"), Target(region="us-east-1"), "arn", None, None)

        @contextlib.contextmanager
        def resolved(*_: Any, **__: Any) -> Iterator[way_in.Place]:
            if not answers:
                raise TargetError("AWS does not answer.")
            yield place

        def deletes(_: str, __: Any, given: dict[str, str], **___: Any) -> tuple[Run, ExitCode]:
            display.said(f"deletes {given['confirm']}")
            return run, ExitCode.PASSED

        monkeypatch.setattr(way_in, "resolved", resolved)
        monkeypatch.setattr(undo, "tagged", lambda _: "AWS lists 7 resources")
        monkeypatch.setattr(operations, "run_chosen", deletes)
        undo.teardown("staging", confirm, display, lambda _: "staging")  # type: ignore[arg-type]  # a display of which one part is used
        _, where, what, deleted = display.lines
        assert where == "staging · account unknown · us-east-1 · AWS"
        assert what == "AWS lists 7 resources" if answers else what.endswith("AWS does not answer.")
        assert deleted == "deletes staging"
