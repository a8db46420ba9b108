"""How much of what a cell says is kept: up to a stated limit, and beyond it only its size."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

LIMIT = 10_000_000
"""Bytes of output that are kept of one cell."""


SMALLEST = 500
"""Bytes that a display takes in memory, however little it shows."""


@dataclass
class Meter:
    """What one cell has said so far.

    Args:
        limit: Bytes that are kept.
    """

    limit: int
    size: int = 0
    """Bytes in all, kept or not."""
    kept: int = 0
    cut: bool = False
    _kinds: frozenset[str] = field(default=frozenset({"stream", "display_data", "execute_result", "update_display_data"}))

    def admit(self, message: dict[str, Any]) -> tuple[bool, str]:
        """Count a kernel's message; what goes beyond the limit is taken out of it.

        Errors always pass: why a cell failed matters more than what it printed.

        Returns:
            Whether something of it is left, and the text of a stream that was taken out.
        """
        kind, content = message["msg_type"], message["content"]
        if kind == "clear_output":
            self.kept = 0
        if kind not in self._kinds:
            return True, ""
        size = len(content["text"].encode(errors="replace")) if kind == "stream" else _size(content.get("data", {}))
        self.size += size
        room = self.limit - (0 if kind == "update_display_data" else self.kept)  # an update takes the place of what it updates
        if size <= room:
            self.kept += {"stream": size, "update_display_data": 0}.get(kind, max(size, SMALLEST))
            return True, ""
        self.cut, self.kept = True, self.limit
        if kind != "stream":
            return False, ""
        text = content["text"]
        first = text.encode(errors="replace")[: max(room, 0)].decode(errors="ignore")
        content["text"] = first
        return bool(first), text[len(first) :]

    def account(self) -> dict[str, int]:
        """For the record: the limit, and the size of all that there was."""
        return {"limit": self.limit, "size": self.size}


def _size(data: dict[str, Any]) -> int:
    """Bytes of a display's data, in whatever mime type."""
    texts = (value if isinstance(value, str) else json.dumps(value) for value in data.values())
    return sum(len(text.encode(errors="replace")) for text in texts)
