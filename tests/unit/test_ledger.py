"""The ledger's chain shows what was edited, removed or moved, and its file is readable whatever happened to it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_lib import chain, ledger, redaction
from runbook_lib.canonical import sha256
from runbook_lib.errors import RecordError
from runbook_lib.ledger import GENESIS, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPAWN = multiprocessing.get_context("spawn")
NAME = "ledger.jsonl"


@pytest.fixture
def written(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / NAME)
    for number in range(4):
        made.append("step.started", step=f"0{number}")
    return made


def steps(found: Ledger) -> list[str]:
    return [event["step"] for event in found.events() if event["event"] == "step.started"]


class TestChain:
    def test_events_come_back_in_order(self, written: Ledger) -> None:
        assert steps(written) == ["00", "01", "02", "03"]

    def test_first_line_names_no_predecessor(self, written: Ledger) -> None:
        assert next(written.events())["previous"] == GENESIS

    def test_lines_have_one_spelling(self, written: Ledger) -> None:
        for line in written.path.read_text().splitlines():
            assert line == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"))

    @pytest.mark.parametrize(
        "tamper",
        [
            lambda lines: [lines[0].replace(b"00", b"99"), *lines[1:]],
            lambda lines: [lines[0], *lines[2:]],
            lambda lines: [lines[0], lines[2], lines[1], lines[3]],
            lambda lines: lines[1:],
        ],
        ids=["edited", "removed", "moved", "beheaded"],
    )
    def test_tampering_breaks_the_chain(self, written: Ledger, tamper: Callable[[list[bytes]], list[bytes]]) -> None:
        lines = written.path.read_bytes().splitlines()
        written.path.write_bytes(b"\n".join(tamper(lines)) + b"\n")
        with pytest.raises(RecordError, match="does not follow"):
            list(written.events())
        assert written.account().broken

    def test_nothing_begins_on_a_broken_chain(self, written: Ledger) -> None:
        written.path.write_bytes(written.path.read_bytes().replace(b"00", b"99", 1))
        before = written.path.read_bytes()
        with pytest.raises(RecordError, match="does not follow"):
            written.begin("step.started", "01")
        assert written.path.read_bytes() == before

    def test_a_line_in_the_middle_that_is_no_json_is_no_tear(self, written: Ledger) -> None:
        lines = written.path.read_bytes().splitlines()
        written.path.write_bytes(b"\n".join([lines[0], lines[1][:20], *lines[2:]]) + b"\n")
        written.append("more")
        with pytest.raises(RecordError, match=r"ledger\.jsonl:2 is not JSON"):
            list(written.events())

    def test_secrets_do_not_reach_the_disk(self, written: Ledger) -> None:
        redaction.register("qanary-7f3a-secret")
        written.append("step.failed", error="password qanary-7f3a-secret refused", parameters={"given": ["qanary-7f3a-secret"]})
        assert b"qanary-7f3a" not in written.path.read_bytes()

    def test_a_word_of_the_records_own_is_no_secret(self, written: Ledger) -> None:
        for word in ("finished", "previous", "02_plan.json"):
            redaction.register(word)
        written.append("step.finished", step="02_plan", records={"02_plan.json": "0"}, error="has finished")
        *_, last = written.events()
        assert (last["event"], last["records"]) == ("step.finished", {"02_plan.json": "0"})
        assert last["error"] == "has finished"

    def test_the_ledgers_own_words_are_never_masked(self, written: Ledger) -> None:
        """Whatever somebody chose as a secret: a masked name or digest would break the record."""
        redaction.register(digest := "9f86d081" * 8)
        written.append("step.finished", step=digest, records={"03_deploy.json": digest}, error=f"{digest} has finished")
        *_, last = written.events()
        assert (last["step"], last["records"]) == (digest, {"03_deploy.json": digest})
        assert last["error"] == f"{redaction.MASK} has finished"


def _write(path: Path) -> None:
    for _ in range(20):
        Ledger(path).append("step.started")


def _begin(path: Path, start: Any) -> None:
    start.wait()
    for _ in range(10):
        Ledger(path).begin("notebook.started", "03_deploy")


def _begin_and_die(path: Path) -> None:
    Ledger(path).begin("notebook.started", "03_deploy")
    os.kill(os.getpid(), signal.SIGKILL)


class TestProcesses:
    def test_they_share_it(self, tmp_path: Path) -> None:
        """The runner and the kernel write to one ledger; the chain must hold."""
        path = tmp_path / NAME
        writers = [SPAWN.Process(target=_write, args=(path,)) for _ in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert len(list(Ledger(path).events())) == 60

    def test_attempts_that_begin_at_once_have_different_numbers(self, tmp_path: Path) -> None:
        path, start = tmp_path / NAME, SPAWN.Barrier(3)
        beginners = [SPAWN.Process(target=_begin, args=(path, start)) for _ in range(3)]
        for beginner in beginners:
            beginner.start()
        for beginner in beginners:
            beginner.join()
        assert [event["attempt"] for event in Ledger(path).events()] == list(range(1, 31))

    def test_a_killed_attempt_keeps_its_number(self, tmp_path: Path) -> None:
        path = tmp_path / NAME
        killed = SPAWN.Process(target=_begin_and_die, args=(path,))
        killed.start()
        killed.join()
        assert killed.exitcode == -signal.SIGKILL
        assert Ledger(path).begin("notebook.started", "03_deploy") == 2
        assert Ledger(path).begin("notebook.started", "04_verify") == 1
        assert Ledger(path).begin("notebook.started", "04_verify", floor=7) == 8

    def test_a_lock_that_is_never_let_go_is_one_clear_error(self, written: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ledger, "LOCK_SECONDS", 0.05)
        with Ledger(written.path).locked(), pytest.raises(RecordError, match="locked by another process"):
            written.append("late")


class TestTear:
    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(data=st.data())
    def test_wherever_it_is_torn_the_account_is_readable_and_true(self, tmp_path: Path, data: st.DataObject) -> None:
        found = Ledger(tmp_path / NAME)
        found.path.unlink(missing_ok=True)
        for number in range(3):
            found.append("step.started", step=f"0{number}", error="é \n \\ line")
        whole = found.path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        found.path.write_bytes(whole[:cut])
        kept = whole[:cut].count(b"\n")
        torn = whole[:cut].rpartition(b"\n")[2]

        before = found.account()
        assert not before.broken
        assert [event["step"] for event in before.events] == [f"0{n}" for n in range(kept)]
        assert len(before.notes) == bool(torn)

        found.append("step.started", step="after")
        found.append("step.started", step="later")
        assert steps(found) == [*[f"0{n}" for n in range(kept)], "after", "later"]
        told = [event["torn"] for event in found.events() if event["event"] == "ledger.torn"]
        assert told == ([[{"sha256": sha256(torn), "bytes": len(torn)}]] if torn else [])
        assert len(found.account().notes) == bool(torn)
        assert found.path.read_bytes().startswith(whole[:cut])

    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(cuts=st.lists(st.integers(1, 400), min_size=1, max_size=6))
    def test_torn_again_and_again(self, tmp_path: Path, cuts: list[int]) -> None:
        """Also in the middle of saying that it was torn."""
        found = Ledger(tmp_path / NAME)
        found.path.unlink(missing_ok=True)
        found.append("step.started", step="first")
        first = len(found.path.read_bytes())
        for cut in cuts:
            found.append("step.started", step="more")
            text = found.path.read_bytes()
            found.path.write_bytes(text[: max(first, len(text) - cut)])
            assert not found.account().broken
        found.append("step.started", step="last")
        told = steps(found)
        assert (told[0], told[-1]) == ("first", "last")

    def test_the_note_about_a_tear_holds_only_for_the_bytes_it_binds(self, written: Ledger) -> None:
        whole = written.path.read_bytes()
        written.path.write_bytes(whole[:-10])
        written.append("after")
        assert not written.account().broken
        lines = written.path.read_bytes().split(b"\n")
        lines[3] = lines[3][:-1]
        written.path.write_bytes(b"\n".join(lines))
        assert "is not JSON" in written.account().broken

    def test_reading_waits_for_a_line_that_is_just_being_written(self, written: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = written.path.read_bytes()
        answers = iter([whole[:-10], whole])
        monkeypatch.setattr(written, "_content", lambda: next(answers))
        assert written.account() == chain.account(whole, str(written.path))


class TestClock:
    def test_a_step_back_is_on_record_and_nothing_is_reordered(self, written: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        early = datetime.now(UTC) - timedelta(hours=1)
        monkeypatch.setattr(ledger, "now", lambda: early)
        written.append("step.started", step="early")
        assert steps(written)[-1] == "early"
        *_, last = written.events()
        assert last["clock"]["behind_seconds"] == pytest.approx(3600, abs=60)
        assert last["at"] == early.isoformat()
        assert any("clock had stepped back" in note for note in written.account().notes)

    def test_a_clock_that_goes_on_is_not_mentioned(self, written: Ledger) -> None:
        assert written.account().notes == ()
