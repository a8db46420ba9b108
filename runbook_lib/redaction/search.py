"""Finds many strings in a text at once, each wherever it stands, overlapping or not.

Whatever is looked for has at least ``SHORTEST`` characters, so one look at four characters in every five meets each
occurrence once: the time depends on the text, hardly on how much there is to look for.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LOOK = 4
"""The characters looked at."""


class Finder:
    """Looks for the keys of ``names``; the values are what they are called."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._stride = min(map(len, names), default=_LOOK) - _LOOK + 1
        self._looks: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for wanted in names:
            for offset in range(self._stride):
                self._looks[wanted[offset : offset + _LOOK]].append((wanted, offset))

    def __call__(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Each occurrence: where it begins, where it ends, and what it is called."""
        looks = self._looks
        if not looks:
            return
        met = [at for at in range(0, len(text) - _LOOK + 1, self._stride) if text[at : at + _LOOK] in looks]
        for at in met:
            for wanted, offset in looks[text[at : at + _LOOK]]:
                if at >= offset and text.startswith(wanted, at - offset):
                    yield at - offset, at - offset + len(wanted), self._names[wanted]
