"""The ledger's chain shows what was edited, removed or moved."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

import pytest

from runbook_lib import redaction
from runbook_lib.errors import RecordError
from runbook_lib.ledger import GENESIS, Ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "ledger.jsonl")
    for number in range(4):
        made.append("step.started", step=f"0{number}")
    return made


def test_events_come_back_in_order(ledger: Ledger) -> None:
    assert [event["step"] for event in ledger.events()] == ["00", "01", "02", "03"]


def test_first_line_names_no_predecessor(ledger: Ledger) -> None:
    assert next(ledger.events())["previous"] == GENESIS


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
def test_tampering_breaks_the_chain(ledger: Ledger, tamper: object) -> None:
    lines = ledger.path.read_bytes().splitlines()
    ledger.path.write_bytes(b"\n".join(tamper(lines)) + b"\n")  # type: ignore[operator]  # a lambda of the table above
    with pytest.raises(RecordError, match="does not follow"):
        list(ledger.events())


def test_secrets_do_not_reach_the_disk(ledger: Ledger) -> None:
    redaction.register("canary-7f3a-secret")
    ledger.append("step.failed", error="password canary-7f3a-secret refused")
    assert b"canary-7f3a" not in ledger.path.read_bytes()


def _write(path: Path) -> None:
    for _ in range(20):
        Ledger(path).append("step.started")


def test_processes_share_it(tmp_path: Path) -> None:
    """The runner and the kernel write to one ledger; the chain must hold."""
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(path,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(list(Ledger(path).events())) == 60
