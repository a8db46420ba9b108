r"""A text as its readers read it: escapes resolved, colours and line breaks gone, each character with the place it comes from.

A secret is rarely printed as it is. Rather than to think up every way to spell it (JSON in JSON in HTML, half of it in
percent signs), the text is decoded, and what is found in the decoded text is masked where it came from. Bytes that were
escaped one by one (``%C3%B6``, ``\xc3\xb6``) are read as Latin-1; ``spellings`` looks for that spelling of a secret too.
"""

from __future__ import annotations

import html
import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NOISE = (
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]"  # colours, links, the rest of ANSI
    r"|\r?\n[ \t]*"  # a line that was broken: by a terminal, base64, an indented block
    r"|</?[A-Za-z][\w-]*(?:[ \t][^<>\n]{0,300})?/?>"  # HTML tags
    r"|[\xad\u200b\u2060\ufeff]"  # what shows as nothing
)
_BACKSLASH = (
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}"
    r"|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\[0-3]?[0-7]{1,2}|\\[^0-7]"
)
_PERCENT = r"%[uU][0-9a-fA-F]{4}|%[0-9a-fA-F]{2}"
_HTML = r"&#[0-9]{1,7};?|&#[xX][0-9a-fA-F]{1,6};?|&[A-Za-z][A-Za-z0-9]{1,31};"
_DOUBLED = r"""'\\''|'"'"'|''|""|\$\$|%%"""
_PRINTABLE = r"=[0-9A-F]{2}|=\r?\n"

_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b", "\n": ""}
_HIGHEST = 0x10FFFF
_REPLACED = "\ufffd"
_SMALL = 1 << 15
"""Characters: a longer text is not worth the time to look for secrets that hold one encoding's escapes, in two others."""
_TURNS = 3
ROUNDS = 5
"""How often everything is decoded at once: JSON in JSON in JSON takes three."""


@dataclass(frozen=True)
class Reading:
    """A text, and where each of its characters stands in the text that it was read from."""

    text: str
    source: Reading | None = None
    _starts: array[int] = field(default_factory=lambda: array("q"))
    """Where in ``text`` each piece that was decoded begins, ..."""
    _ends: array[int] = field(default_factory=lambda: array("q"))
    """... ends, ..."""
    _from: array[int] = field(default_factory=lambda: array("q"))
    """... and where in the source it begins ..."""
    _to: array[int] = field(default_factory=lambda: array("q"))
    """... and ends."""

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from ``start`` up to ``end`` stand in what was written first."""
        reading: Reading | None = self
        while reading and reading.source:
            start, end = reading.place(start)[0], reading.place(end - 1)[1]
            reading = reading.source
        return start, end

    def place(self, position: int) -> tuple[int, int]:
        """Where the character at ``position`` begins and ends in the source."""
        at = bisect_right(self._starts, position) - 1
        if at < 0:
            return position, position + 1
        if position < self._ends[at]:
            return self._from[at], self._to[at]
        place = self._to[at] + position - self._ends[at]
        return place, place + 1


@dataclass(frozen=True)
class _Decoder:
    """One way of escaping."""

    signs: str
    """Without one of these there is nothing to decode."""
    pattern: re.Pattern[str]
    decode: Callable[[str], str]

    def read(self, reading: Reading) -> Reading | None:
        """What ``reading`` says once it is decoded; ``None`` if there is nothing to decode."""
        if not any(sign in reading.text for sign in self.signs):
            return None
        pieces: list[str] = []
        starts, ends, origins, targets = array("q"), array("q"), array("q"), array("q")
        done = length = 0
        for match in self.pattern.finditer(reading.text):
            begin, end = match.span()
            plain = self.decode(match[0])
            length += begin - done
            pieces += (reading.text[done:begin], plain)
            starts.append(length)
            length += len(plain)
            ends.append(length)
            origins.append(begin)
            targets.append(end)
            done = end
        if not starts:
            return None
        pieces.append(reading.text[done:])
        return Reading("".join(pieces), reading, starts, ends, origins, targets)


def _nothing(_: str) -> str:
    return ""


def _backslash(escape: str) -> str:
    kind = escape[1]
    if kind in "uU" and len(escape) > 2:  # noqa: PLR2004 - more than the letter itself
        digits = escape[2:].strip("{}").replace("\\u", "")
        if len(digits) == 8 and kind == "u":  # noqa: PLR2004 - two halves of one character
            return bytes.fromhex(digits).decode("utf-16-be")
        return _character(int(digits, 16), escape)
    if kind == "x" and len(escape) > 2:  # noqa: PLR2004 - the same
        return bytes.fromhex(escape[2:]).decode("latin-1")
    if kind in "01234567":
        return chr(int(escape[1:], 8))
    return _CONTROL.get(kind, kind)


def _character(number: int, escape: str) -> str:
    return chr(number) if number <= _HIGHEST else escape


def _percent(escape: str) -> str:
    return chr(int(escape[1:].lstrip("uU"), 16))


def _entity(escape: str) -> str:
    """As Python reads it, but for what may not be in HTML, which it leaves out: control characters, halves of characters."""
    plain = html.unescape(escape)
    if plain and plain != _REPLACED:
        return plain
    digits = escape[2:].rstrip(";")
    return _character(int(digits[1:], 16) if digits[:1] in {"x", "X"} else int(digits), escape)


def _printable(escape: str) -> str:
    return chr(int(escape[1:], 16)) if escape[1:].isalnum() else ""


def _any(escape: str) -> str:
    if len(escape) > 1:
        if escape[0] == "\\" and escape[1] not in "\r\n":
            return _backslash(escape)
        if escape[0] == "&":
            return _entity(escape)
        if escape[0] == "%" and escape != "%%":
            return _percent(escape)
        if escape[0] in "'\"$%":
            return escape[0]
    return ""


def _decoder(signs: str, pattern: str, decode: Callable[[str], str]) -> _Decoder:
    return _Decoder(signs, re.compile(pattern, re.DOTALL), decode)


_SIGNS = "\n\x1b<\xad\u200b\u2060\ufeff"
_BROKEN = _decoder(_SIGNS, _NOISE, _nothing)
_ESCAPED = _decoder("\\", _BACKSLASH, _backslash)
_LITERALS = _decoder("\n", r"""['"][ \t]*\r?\n[ \t]*[bBuU]?['"]""", _nothing)
"""One string that was written as several, a line each: what `pprint` makes of whatever has spaces or lines."""
_WRAPPED = _decoder("\n", r"[ \t]*\r?\n[ \t]*", lambda _: " ")
"""Words."""
_AFTER = {_ESCAPED: _BROKEN, _LITERALS: _ESCAPED, _WRAPPED: _ESCAPED}
"""What is read at once in a text that was read the first way: whoever breaks a text into lines has escaped it before."""
_ALL = _decoder(_SIGNS + "\\%&'\"$", f"{_DOUBLED}|{_NOISE}|{_BACKSLASH}|{_PERCENT}|{_HTML}", _any)
_CHAINS = (
    (_BROKEN, 1),
    (_decoder("\n", r"[=\\]\r?\n[ \t]*", _nothing), 1),  # quoted-printable's soft breaks, a shell's
    (_WRAPPED, 1),
    (_decoder("\n", r"\r?\n", _nothing), 1),  # columns that were cut, where what follows may be a space
    (_LITERALS, 1),
    (_ESCAPED, 3),
    (_decoder("%", _PERCENT, _percent), 2),
    (_decoder("&", _HTML, _entity), 2),
    (_decoder("'\"$%", _DOUBLED, lambda escape: escape[0]), 1),
    (_decoder("=", _PRINTABLE, _printable), 1),
    (_ALL, ROUNDS),
)
"""Each way of escaping by itself, as often as it is used on top of itself, for a secret may hold what looks like another's
escapes; and all at once, for they are used on top of each other."""


def readings(text: str) -> Iterator[Reading]:
    """Every way to read ``text``, the text itself first; each different one once."""
    written = Reading(text)
    yield written
    seen = {text}
    after = {_ESCAPED: _BROKEN} if len(text) <= _SMALL else _AFTER  # the rest follows in turns
    for decoder, rounds in _CHAINS:
        reading: Reading | None = written
        for _ in range(rounds):
            reading = decoder.read(reading) if reading else None
            also = after[decoder].read(reading) if reading and decoder in after else None
            for found in filter(None, (reading, also)):
                if found.text not in seen:
                    seen.add(found.text)
                    yield found
    if len(text) <= _SMALL:
        yield from _in_turns(written, seen)


def _in_turns(written: Reading, seen: set[str]) -> Iterator[Reading]:
    """One way of escaping on top of another, in any order."""
    frontier = [written]
    for _ in range(_TURNS):
        following: list[Reading] = []
        for reading in frontier:
            for decoder, _ in _CHAINS[:-1]:
                found = decoder.read(reading)
                if found and found.text not in {reading.text, *(one.text for one in following)}:
                    following.append(found)
                    if found.text not in seen:
                        seen.add(found.text)
                        yield found
        frontier = following


def glances(text: str) -> Iterator[Reading]:
    """``text`` itself, its escapes resolved once, and everything in it decoded once and twice: what a last look has time for."""
    written = Reading(text)
    once = _ALL.read(written)
    yield from filter(None, (written, _ESCAPED.read(written), once, once and _ALL.read(once)))


def plainest(text: str) -> Iterator[str]:
    """What is left of ``text`` after each round of decoding everything at once."""
    reading: Reading | None = Reading(text)
    for _ in range(ROUNDS):
        reading = _ALL.read(reading) if reading else None
        if reading is None:
            return
        yield reading.text
