"""What pulumi-aws says nothing of, from tables in ``data``.

``given_up.csv`` is what AWS's own documents give up, each row with its source and date; ``stateful_types.csv`` are the types that
hold something though no property of theirs says so.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INWARD = frozenset({"archive", "cloudinit", "null", "random", "std", "time", "tls"})
"""Providers that compute and keep values in the state, and reach nothing outside of it."""
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class GivenUp:
    """Something of AWS that is not to be used any more."""

    type: str
    """Type tokens, as a pattern of file names: ``aws:waf/*``."""
    input: str
    """The property's path, without the places in lists; empty for the type itself."""
    value: str
    """A regular expression that the whole value matches; empty for any."""
    says: str
    """What AWS says, with the day from which it holds where there is one."""
    instead: str
    """What to use."""
    source: str
    as_of: str
    """The day (ISO) on which the source was read; empty where it is named and was not opened."""
    found: str = ""
    """The value that a resource has, or its type."""

    @property
    def what(self) -> str:
        """What a resource uses of it."""
        return f"{self.input} {self.found}" if self.input else self.found


def given_up(token: str, inputs: Mapping[str, Any]) -> Iterator[GivenUp]:
    """What a resource uses that AWS has given up.

    Args:
        token: Pulumi's type token.
        inputs: The resource's inputs, camelCase.
    """
    for row in rows():
        if fnmatchcase(token, row.type):
            values = values_at(inputs, row.input.split(".")) if row.input else [token]
            for value in values:
                if not row.value or re.fullmatch(row.value, str(value)):
                    yield GivenUp(**{**vars(row), "found": str(value)})


def values_at(value: Any, path: list[str]) -> list[Any]:
    """What is at a path in a resource's inputs, in each item of the lists on the way; what is null or absent is left out."""
    if isinstance(value, list):
        return [found for each in value for found in values_at(each, path)]
    if not path:
        return [] if value is None else [value]
    return values_at(value.get(path[0]), path[1:]) if isinstance(value, dict) else []


def settings(inputs: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every plain value in a resource's inputs, each item of a list by itself: its path, its name, and the value."""
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        here = f"{path}.{name}" if path else name
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from settings(each, here)
            else:
                yield here, name, each


@cache
def rows() -> tuple[GivenUp, ...]:
    """The table of what is given up."""
    return tuple(GivenUp(**row) for row in _read("given_up.csv"))


@cache
def holding() -> Mapping[str, str]:
    """Types that keep something though no property of theirs says so, and what."""
    return {row["type"]: row["holds"] for row in _read("stateful_types.csv")}


def _read(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
