"""A ledger on a disk that is full or may only be read, and events that JSON cannot hold."""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import stat
from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib.errors import RecordError
from runbook_lib.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

SPAWN = multiprocessing.get_context("spawn")
NAME = "ledger.jsonl"


@pytest.fixture
def written(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / NAME)
    for number in range(4):
        made.append("step.started", step=f"0{number}")
    return made


def _fill(path: Path, limit: int, queue: Any) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        Ledger(path).append("step.failed", error="x" * 1000)
    except RecordError as error:
        queue.put(error.diagnostics())


def _as_nobody(path: Path, queue: Any) -> None:
    os.setgid(65534)
    os.setuid(65534)
    queue.put(len(Ledger(path).account().events))
    try:
        Ledger(path).append("step.failed")
    except RecordError as error:
        queue.put(error.diagnostics())


class TestDisk:
    @pytest.mark.parametrize("room", [0, 1, 500])
    def test_full_leaves_whole_lines_and_says_so(self, written: Ledger, room: int) -> None:
        before, queue = written.path.read_bytes(), SPAWN.Queue()
        writer = SPAWN.Process(target=_fill, args=(written.path, len(before) + room, queue))
        writer.start()
        said = queue.get(timeout=60)
        writer.join()
        assert "cannot be written: File too large. What happened last is not on record." in said
        assert "Make room" in said
        assert written.path.read_bytes() == before

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not write")
    def test_read_only_is_one_clear_error_and_readable(self, written: Ledger) -> None:
        folder = written.path.parent
        for each in (folder, *folder.parents):
            if each.stat().st_uid == os.getuid() and not each.stat().st_mode & stat.S_IXOTH:
                each.chmod(0o755)
        queue = SPAWN.Queue()
        reader = SPAWN.Process(target=_as_nobody, args=(written.path, queue))
        reader.start()
        assert queue.get(timeout=60) == 4
        assert "ledger.jsonl cannot be" in queue.get(timeout=60)
        reader.join()

    def test_what_is_no_json_is_named_in_the_event(self, written: Ledger) -> None:
        written.append("step.failed", error="half \ud83d", parameters={"limit": math.nan, "set": {1}})
        *_, last = written.events()
        assert last["error"] == "half \\ud83d"
        assert last["unserialisable"] == [
            "error is text with a lone surrogate at character 5",
            "parameters.limit is the number nan",
            "parameters.set is of type set",
        ]
