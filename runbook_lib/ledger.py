"""A run's ledger: one line per event, each holding the hash of the line before.

The chain detects an edited, removed or reordered line; it does not by itself resist somebody who rewrites the whole file.
Several processes write to it (the runner, the kernel), so every append holds the lock beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from runbook_lib.errors import RecordError
from runbook_lib.redaction import redact_json
from runbook_lib.results import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GENESIS = "0" * 64
"""What the first line names as its predecessor."""


class Ledger:
    """The events of one run, in ``ledger.jsonl``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(f".{path.name}.lock"))

    def append(self, event: str, **facts: Any) -> None:
        """Add an event, flushed to the disk before this returns.

        Args:
            event: What happened, e.g. ``step.started``.
            **facts: JSON values; secrets are redacted.
        """
        with self._lock:
            line = {"at": now().isoformat(), "event": event, **facts, "previous": self.head()}
            text = redact_json(json.dumps(line, sort_keys=True, default=str))
            with self.path.open("ab") as file:
                file.write(text.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())

    def head(self) -> str:
        """The SHA-256 of the last line (without its newline), or ``GENESIS``."""
        lines = self._lines()
        return hashlib.sha256(lines[-1]).hexdigest() if lines else GENESIS

    def events(self) -> Iterator[dict[str, Any]]:
        """Every event, oldest first, with the chain checked on the way.

        Raises:
            RecordError: A line is not JSON, or does not follow from the one before.
        """
        previous = GENESIS
        for number, line in enumerate(self._lines(), start=1):
            try:
                event = json.loads(line)
            except ValueError as error:
                raise RecordError(f"{self.path}:{number} is not JSON.") from error
            if event.get("previous") != previous:
                raise RecordError(f"{self.path}:{number} does not follow from the line before it.")
            previous = hashlib.sha256(line).hexdigest()
            yield event

    def _lines(self) -> list[bytes]:
        return self.path.read_bytes().splitlines() if self.path.exists() else []
