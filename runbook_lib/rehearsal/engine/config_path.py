"""Paths into structured configuration: `outer.inner[0]["a.b"]`, as `pulumi config --path` reads them."""

from __future__ import annotations

import re
from typing import Any

from runbook_lib.rehearsal.engine.errors import EngineError

SEGMENT = re.compile(r"""\.*(?:\[([+-]?\d+|\*)\]|\["((?:\\"|[^"])*)"\]|([^.\[]+))""")
INTEGER = re.compile(r"-?(0|[1-9]\d*)")


def split(path: str) -> list[str | int]:
    """Split a path into keys and indexes, as loosely as Pulumi does: it may not begin or end with a point, and may have many.

    Raises:
        EngineError: if the path is malformed.
    """
    segments: list[str | int] = []
    position = 0
    if path.startswith("."):
        raise EngineError(f"invalid config key path {path!r}: it has to begin with a name or an index")
    while position < len(path):
        match = SEGMENT.match(path, position)
        if not match:
            raise EngineError(f"invalid config key path {path!r}: cannot read it from {path[position:]!r} on")
        index, quoted, plain = match.groups()
        segments.append((index if index == "*" else int(index)) if index else plain or quoted.replace('\\"', '"'))
        position = match.end()
    return segments


def get(value: Any, segments: list[str | int]) -> Any:
    """Follow a path.

    Raises:
        KeyError: if nothing is there.
    """
    for segment in segments:
        if isinstance(segment, int):
            there = isinstance(value, list) and segment < len(value)
        else:
            there = isinstance(value, dict) and segment in value
        if not there:
            raise KeyError(segment)
        value = value[segment]
    return value


def put(value: Any, segments: list[str | int], new: Any) -> Any:
    """The value with something set at a path; maps and lists on the way are made.

    Raises:
        EngineError: if a list would get a hole, or a plain value is in the way.
    """
    if not segments:
        return new
    first, rest = segments[0], segments[1:]
    if isinstance(first, int):
        items = [] if value is None else value
        if not isinstance(items, list) or first > len(items):
            raise EngineError(f"config path: index {first} is beyond the end of the list, or there is no list")
        current = items[first] if first < len(items) else None
        return [*items[:first], put(current, rest, new), *items[first + 1 :]]
    table = {} if value is None else value
    if not isinstance(table, dict) or "secure" in table:
        raise EngineError(f"config path: {first!r} asks for a map, but a plain value is there")
    return {**table, first: put(table.get(first), rest, new)}


def remove(value: Any, segments: list[str | int]) -> Any:
    """The value without what a path leads to; a path to nothing changes nothing."""
    first, rest = segments[0], segments[1:]
    try:
        inner = get(value, [first])
    except KeyError:
        return value
    if rest:
        return put(value, [first], remove(inner, rest))
    if isinstance(value, list):
        return [item for position, item in enumerate(value) if position != first]
    return {key: item for key, item in value.items() if key != first}


def scalar(text: str) -> Any:
    """A value given with `--path` keeps its type: booleans and whole numbers are not text."""
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if INTEGER.fullmatch(text) else text
