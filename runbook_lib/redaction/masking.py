"""Where a text gives a known secret away, and the text with a mask there.

A second net catches what nobody told us of by its unmistakable shape: private keys, signed tokens, the signature of a
presigned address, a password in a URL. Entropy decides nothing here: it takes regions and ids for secrets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runbook_lib.redaction.readings import glances, readings
from runbook_lib.redaction.search import Finder
from runbook_lib.redaction.spellings import spellings
from runbook_lib.redaction.strength import ordinary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from runbook_lib.redaction.readings import Reading

MASK = "[redacted]"
Span = tuple[int, int, str]
"""Where something begins and ends, and the mask that takes its place."""

_SHAPES = (
    ("PRIVATE KEY", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(.+?)-----END", re.DOTALL), "private key"),
    ("eyJ", re.compile(r"\b(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,})"), "signed token"),
    ("X-Amz-S", re.compile(r"X-Amz-(?:Signature|Security-Token)(?:=|%3D|\\u003[dD])([\w%+/=.~-]+)"), "presigned address"),
    ("://", re.compile(r"\w://[^\s/:@\"'<>\[\]]*:([^\s/@\"'<>\[\]${}*]{8,})@"), "password in a URL"),
)
"""What must be in a text at all, the shape with what is secret in it, and what it is called."""
_KEPT = 64 << 20
"""Characters of texts whose redaction is remembered: a notebook is saved after each cell, and most of it has not changed."""


def mask(name: str) -> str:
    """What stands in a secret's place: its name, where it has one, and never its length."""
    plain = re.sub(r"[^\w.:/ -]", "", name)[:80]
    return f"[redacted:{plain}]" if plain else MASK


class Masker:
    """Knows a set of secrets.

    Args:
        secrets: What they are called, by secret.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        names: dict[str, str] = {}
        for secret in sorted(secrets, key=len):  # where two share a spelling, the longer one names it
            names.update(dict.fromkeys(spellings(secret), mask(secrets[secret])))
        self._find = Finder(names)
        self._known = bool(names)
        self._done: dict[str, str] = {}
        self._glanced: set[str] = set()
        self._room = _KEPT

    def __call__(self, text: str) -> str:
        """``text`` with every secret masked."""
        if text not in self._done:
            (clean,) = self.pieces((text,))
            self._remember(text, clean)
            return clean
        return self._done[text]

    def pieces(self, pieces: Sequence[str], between: str = "") -> list[str]:
        """Pieces of one text, with a secret masked even where it goes from one into another.

        Args:
            pieces: The text as it was cut.
            between: What stands between two of them for whoever reads them.
        """
        spans = self.spans(between.join(pieces))
        if not spans:
            return list(pieces)
        clean = []
        start, unsaid = 0, set(range(len(spans)))
        for piece in pieces:
            clean.append(_masked(piece, start, spans, unsaid))
            start += len(piece) + len(between)
        return clean

    def spans(self, text: str) -> list[Span]:
        """Where ``text`` gives a secret away, in order, none touching another."""
        return _merged([*self.known(text), *_shaped(text)])

    def known(self, text: str, read: Callable[[str], Iterator[Reading]] = readings) -> list[Span]:
        """The same, for the secrets that are known by value only, in some of a text's readings."""
        if not self._known or not text:
            return []
        found = []
        for reading in read(text):
            found += [(*reading.written(start, end), name) for start, end, name in self._find(reading.text)]
        return _merged(found)

    def clear(self, text: str) -> bool:
        """Whether a glance at ``text`` finds none of the known secrets."""
        if text not in self._glanced:
            if self.known(text, glances):
                return False
            self._make_room(text)
            self._glanced.add(text)
        return True

    def _remember(self, text: str, clean: str) -> None:
        self._make_room(text)
        self._done[text] = clean

    def _make_room(self, text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            self._done.clear()
            self._glanced.clear()
            self._room = _KEPT - len(text)


def _shaped(text: str) -> list[Span]:
    return [
        (*match.span(1), mask(name))
        for sign, shape, name in _SHAPES
        if sign in text
        for match in shape.finditer(text)
        if not ordinary(match[1])
    ]


def _merged(spans: list[Span]) -> list[Span]:
    """Overlapping spans made one; the longest gives its name."""
    merged: list[tuple[int, int, int, str]] = []
    for start, end, name in sorted(spans, key=lambda span: (span[0], -span[1])):
        if merged and start < merged[-1][1]:
            begun, until, longest, called = merged[-1]
            best = max((longest, called), (end - start, name), key=lambda one: one[0])
            merged[-1] = (begun, max(until, end), *best)
        else:
            merged.append((start, end, end - start, name))
    return [(start, end, name) for start, end, _, name in merged]


def _masked(piece: str, at: int, spans: list[Span], unsaid: set[int]) -> str:
    """A piece that begins at ``at``; each mask goes into the first piece that a secret reaches into."""
    parts: list[str] = []
    done = 0
    for number, (start, end, name) in enumerate(spans):
        begin, stop = max(start - at, 0), min(end - at, len(piece))
        if begin >= stop:
            continue
        parts += (piece[done:begin], name if number in unsaid else "")
        unsaid.discard(number)
        done = stop
    return "".join([*parts, piece[done:]])
