"""How a page is made to fit: by leaving out whole rows, the least important first, each time saying how many.

What is never left out: target, verdict, counts, deletions and replacements, totals, failed gates, digest, what is next.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from runbook_lib.decision.changes import Component, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ALL = sys.maxsize


@dataclass(frozen=True)
class Told(Component):
    """A component as far as the page shows it."""

    left_out: int
    told: str
    """What happens in it, e.g. ``create 12, update 3``; whole, whatever is left out."""


@dataclass(frozen=True)
class Cut:
    """How many of each there are room for; in the order in which they are given up.

    Attributes:
        creates: Rows of what is made.
        names: Names in one row.
        details: Properties of one row.
        changed: Rows of what is changed otherwise.
        charges: Charges that differ.
        passed: Gates that passed.
        forced: Properties that force one replacement.
        warnings: Warnings.
    """

    creates: int = ALL
    names: int = ALL
    details: int = ALL
    changed: int = ALL
    charges: int = ALL
    passed: int = ALL
    forced: int = ALL
    warnings: int = ALL

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return self != Cut()

    def components(self, found: Sequence[Component]) -> Iterator[Told]:
        """What is shown of each component."""
        room = {True: self.creates, False: self.changed}
        for component in found:
            shown = []
            for row in component.rows:
                if room[_made(row)] > 0:
                    room[_made(row)] -= 1
                    shown.append(row)
            yield Told(component.name, tuple(shown), len(component.rows) - len(shown), _counts(component.rows))

    @staticmethod
    def opened(component: Component) -> bool:
        """Whether it is unfolded: what has an old and a new value is read, what is made is looked up."""
        return any(row.details for row in component.rows)


def fitting(length: Callable[[Cut], int], limit: int) -> Cut | None:
    """The cut that leaves out least and still fits; ``None`` where even the smallest does not.

    Args:
        length: How long a page with that cut is.
        limit: How long it may be.
    """
    cut = Cut()
    if length(cut) <= limit:
        return cut
    for knob in fields(Cut):
        least = replace(cut, **{knob.name: 0})
        if length(least) <= limit:
            return _most(cut, knob.name, lambda tried: length(tried) <= limit)
        cut = least
    return None


def _most(cut: Cut, knob: str, fits: Callable[[Cut], bool]) -> Cut:
    """The largest number for one knob that fits; 0 is known to."""
    low, high = 0, 1
    while fits(replace(cut, **{knob: high})):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(replace(cut, **{knob: middle})) else (low, middle)
    return replace(cut, **{knob: low})


def _made(row: Row) -> bool:
    return row.op in {"create", "import"}


def _counts(rows: Sequence[Row]) -> str:
    by_op: dict[str, int] = {}
    for row in rows:
        by_op[row.op] = by_op.get(row.op, 0) + len(row.names)
    return ", ".join(f"{op} {number}" for op, number in by_op.items())
