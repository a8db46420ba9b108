"""How much of what a cell says is kept: up to a stated limit, and beyond it only its size."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from runbook_lib.kernel.masked import MARGIN
from runbook_lib.redaction import safe_cut

LIMIT = 10_000_000
"""Bytes of output that are kept of one cell."""


LONGEST_ERROR = 100_000
"""Characters that are kept of an error's message, and of each line of its traceback."""
SMALLEST = 500
"""Bytes that a display takes in memory, and counts as, however little it shows."""


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
    _shown: dict[str, int] = field(default_factory=dict)
    _kinds: frozenset[str] = field(default=frozenset({"stream", "display_data", "execute_result", "update_display_data"}))

    def admit(self, message: dict[str, Any]) -> tuple[bool, str]:
        """Count a kernel's message; what goes beyond the limit is taken out of it.

        Errors always pass, shortened: why a cell failed matters more than what it printed.

        Returns:
            Whether something of it is left, and the text of a stream that was taken out.
        """
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            content["evalue"], *content["traceback"] = map(shortened, [content["evalue"], *content["traceback"]])
        if kind == "clear_output":
            self.kept = 0
        if kind not in self._kinds:
            return True, ""
        if kind == "stream":
            return self._stream(content)
        size = max(_size(content), SMALLEST)
        self.size += size
        shown = content.get("transient", {}).get("display_id", "")
        before = self._shown.get(shown, 0) if kind == "update_display_data" else 0  # it takes the place of what it updates
        if self.kept + size - before > self.limit:
            self.cut = True
            return False, ""
        self.kept += size - before
        if shown:
            self._shown[shown] = size
        return True, ""

    def _stream(self, content: dict[str, Any]) -> tuple[bool, str]:
        """Keep ``MARGIN`` more than fits, to see where a secret ends; `trim` takes it away."""
        text = content["text"]
        encoded = text.encode(errors="replace")
        self.size += len(encoded)
        first = encoded[: max(self.limit + MARGIN - self.kept, 0)].decode(errors="ignore")
        self.kept += len(first.encode(errors="replace"))
        self.cut = self.cut or self.kept > self.limit
        if len(first) == len(text):
            return True, ""
        content["text"] = first
        return bool(first), text[len(first) :]

    def trim(self, outputs: list[Any]) -> None:
        """Take away what streams were kept beyond the limit, and no half of a secret is left."""
        excess = self.kept - self.limit
        for name, group in groupby(reversed(outputs), lambda output: output.get("name", "")):
            *others, first = group
            if not name or excess <= 0:  # only streams have names
                continue
            text = "".join(one.text for one in (first, *reversed(others)))
            encoded = text.encode(errors="replace")
            kept = encoded[: max(len(encoded) - excess, 0)].decode(errors="ignore")
            first.text = text[: safe_cut(text, len(kept))]
            for other in others:
                other.text = ""  # it keeps its place: displays are updated by theirs
            excess -= len(encoded)

    def account(self) -> dict[str, int]:
        """For the record: the limit, and the size of all that there was."""
        return {"limit": self.limit, "size": self.size}


def _size(content: dict[str, Any]) -> int:
    """Bytes of a display, in whatever mime types, and of what is said about it."""
    data = [*content.get("data", {}).values(), content.get("metadata", {})]
    texts = (value if isinstance(value, str) else json.dumps(value) for value in data)
    return sum(len(text.encode(errors="replace")) for text in texts)


def shortened(text: str) -> str:
    """An error's words, as far as somebody may read them."""
    if len(text) <= LONGEST_ERROR:
        return text
    return f"{text[: safe_cut(text, LONGEST_ERROR)]} [runbook: cut at {LONGEST_ERROR} of {len(text)} characters]"
