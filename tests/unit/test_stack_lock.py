"""One at a time on a stack, with the owner on record; what a dead owner left is taken over, or unlocked, on record."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from unit.locks import STACK, lock, of_another_machine

from runbook_lib import kept, settings, undo, way_in
from runbook_lib.aws import Target
from runbook_lib.errors import ExitCode, LockedError, RecordError
from runbook_lib.results import now
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind
from runbook_lib.stack_lock import SILENT, Holder, held

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLDS = """
import sys, time
from pathlib import Path
from runbook_lib.stack_lock import StackLock
lock = StackLock(Path(sys.argv[1]), sys.argv[2])
lock.take("staging")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def run() -> Run:
    return Run.create(
        environment="staging", rehearsal=False, reason="test", caller="nobody", backend="file:///x", engine=EngineKind.PULUMI,
        target=Target(region="us-east-1"), parameters={},
    )  # fmt: skip


@pytest.fixture
def other() -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the stack."""
    command = [sys.executable, "-c", HOLDS, str(way_in.locks()), STACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_holds_it(other: subprocess.Popen[str]) -> None:
    with pytest.raises(LockedError, match=rf"{STACK} is in use by .*, process {other.pid}, since ") as caught:
        lock().take("staging")
    assert caught.value.exit_code is ExitCode.USAGE
    assert "--wait" in caught.value.remedy


def test_or_waits_and_says_so(other: subprocess.Popen[str]) -> None:
    said: list[str] = []

    def wait(line: str) -> None:
        said.append(line)
        other.kill()

    with held(lock(), "staging", wait=wait) as taken:
        assert taken.previous is not None
        assert taken.previous.pid == other.pid
    assert f"process {other.pid}" in said[0]


def test_what_a_dead_process_left_is_taken_over_on_record(other: subprocess.Popen[str], run: Run) -> None:
    other.kill()
    other.wait()
    with held(lock(), "staging") as taken:
        taken.names(run)
        owner = lock().owner()
        assert owner is not None
        assert owner.run == run.facts.run
    event = list(run.ledger.events())[-1]
    assert (event["event"], event["stack"]) == ("stack.locked", STACK)
    assert event["taken_over_from"]["pid"] == other.pid
    assert {"operator", "host", "pid", "started", "since"} <= set(event)


def test_what_was_given_back_leaves_nothing(run: Run) -> None:
    for _ in range(2):
        with held(lock(), "staging") as taken:
            assert taken.previous is None
            taken.names(run)
    assert lock().owner() is None
    assert "taken_over_from" not in list(run.ledger.events())[-1]


def test_another_machines_lock_is_only_unlocked_by_a_person(run: Run) -> None:
    of_another_machine(run=run.facts.run, heartbeat=now() - SILENT - timedelta(seconds=1))
    with pytest.raises(LockedError, match=f"run {run.facts.run}") as caught:
        lock().take("staging")
    assert "runbook unlock" in caught.value.remedy
    assert undo.unlock("production") == []
    [line] = undo.unlock("staging")
    assert "unlocked" in line
    event = list(run.ledger.events())[-1]
    assert (event["event"], event["held"]["host"]) == ("stack.unlocked", "elsewhere")
    assert event["by"]
    with held(lock(), "staging") as taken:
        assert taken.previous is None


def test_not_while_its_heart_beats() -> None:
    of_another_machine(heartbeat=now())
    with pytest.raises(LockedError, match="last heard of"):
        undo.unlock("staging")
    assert lock().owner() is not None


def test_nor_while_it_works_here(other: subprocess.Popen[str]) -> None:
    with pytest.raises(LockedError, match=f"process {other.pid}"):
        undo.unlock("staging")
    assert other.poll() is None


def test_a_kept_rehearsals_lock_is_unlocked_too(outputs: Path) -> None:
    folder = outputs / ".rehearsal" / kept.KEPT
    owner = Holder.this("rehearsal", "staging").model_copy(update={"heartbeat": now() - SILENT * 2})
    folder.mkdir(parents=True)
    (folder / kept.STATE).write_text("{}")
    (folder / "rehearsal.json").write_text(owner.model_dump_json())
    assert len(undo.unlock("staging")) == 1
    assert (folder / kept.STATE).exists()


def test_a_lock_that_cannot_be_written_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = lock()
    with monkeypatch.context() as patch:
        patch.setattr("runbook_lib.files.os.fsync", full_disk)
        with pytest.raises(RecordError, match="No space"):
            mine.take("staging")
    with held(lock(), "staging"):
        pass


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_heart_beats_on_after_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    missed = threading.Event()

    def full(*_: object) -> None:
        missed.set()
        full_disk()

    monkeypatch.setattr("runbook_lib.stack_lock.HEARTBEAT_SECONDS", 0.01)
    with held(lock(), "staging"):
        first = lock().owner()
        assert first is not None
        with monkeypatch.context() as patch:
            patch.setattr("runbook_lib.files.os.fsync", full)
            assert missed.wait(30)
            first = lock().owner() or first
        deadline = now() + timedelta(seconds=30)
        while (owner := lock().owner()) is None or owner.heartbeat <= first.heartbeat:
            assert now() < deadline, "no heartbeat any more"


def test_the_heart_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runbook_lib.stack_lock.HEARTBEAT_SECONDS", 0.01)
    with held(lock(), "staging"):
        first = lock().owner()
        assert first is not None
        deadline = now() + timedelta(seconds=30)
        while (owner := lock().owner()) is None or owner.heartbeat <= first.heartbeat:
            assert now() < deadline, "no heartbeat"
