"""The record of a running deployment, as it comes to the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runbook_lib.rehearsal.engine import rows
from runbook_lib.rehearsal.engine.backend import Backend, StoredStack
from runbook_lib.rehearsal.engine.journal import Journal
from runbook_lib.rehearsal.engine.passphrase import Crypter
from runbook_lib.rehearsal.engine.state import Deployment, Resource

if TYPE_CHECKING:
    from pathlib import Path


def made(number: int) -> Resource:
    return Resource(urn=f"urn:pulumi:s::p::t::{number}", type="t", custom=True)


def test_what_is_written_in_parts_is_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no block, one and several, and with an operation under way; a block in which nothing changed is not made anew."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "pass")
    written: list[tuple[bytes, ...]] = []
    write = StoredStack.write

    def noted(stack: StoredStack, *latest: bytes) -> None:
        written.append(latest)
        write(stack, *latest)

    monkeypatch.setattr(StoredStack, "write", noted)
    stack = Backend(f"file://{tmp_path}").stack("p", "s")
    journal = Journal(stack, Deployment([], []), Crypter())
    count = 2 * rows.BLOCK + 1
    for number in range(count):
        if number in {0, 1, rows.BLOCK + 1}:
            journal.commit()
            assert len(stack.checkpoint().get("resources", [])) == number
        journal.settle(None, made(number))
    journal.begin("creating", made(count))
    journal.settle(None, made(count))
    journal.commit()
    latest = stack.checkpoint()
    assert [row["urn"] for row in latest["resources"]] == [made(number).urn for number in range(count + 1)]
    assert [row["resource"]["urn"] for row in latest["pending_operations"]] == [made(count).urn]
    kept = {id(part) for part in written[-1]} & {id(part) for part in written[-2] if b"urn:" in part}
    assert len(kept) >= 2, "both full blocks are the very bytes that were written before"
