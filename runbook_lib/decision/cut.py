"""How a page is made to fit: by leaving out whole rows, the least important first, each time saying how many.

What is never left out: target, verdict, counts, deletions and replacements, totals, failed gates, digest, what is next.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = sys.maxsize


@dataclass(frozen=True)
class Cut:
    """How many of each there are room for; in the order in which they are given up.

    Attributes:
        names: Names in one row.
        made: Rows of what is made.
        details: Properties of one row.
        altered: Rows of what is changed otherwise.
        outside: Rows of what was changed outside.
        charges: Charges that differ.
        passed: Gates that passed.
        unpriced: What has no price.
        forgotten: What goes on costing, though the stack forgets it.
        forced: Properties that force one replacement.
        warnings: Warnings.
    """

    names: int = ALL
    made: int = ALL
    details: int = ALL
    altered: int = ALL
    outside: int = ALL
    charges: int = ALL
    passed: int = ALL
    unpriced: int = ALL
    forgotten: int = ALL
    forced: int = ALL
    warnings: int = ALL

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return self != Cut()


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
