"""What changes between two estimates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from runbook_lib.costs.model import Estimate, Facts, Kind, Line, dollars

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

Sign = Literal["+", "-", "~"]


class Change(Facts):
    """One charge that appears, goes or changes; US dollars a month, unrounded."""

    sign: Sign
    resource: str
    what: str
    before: Decimal
    after: Decimal

    @property
    def delta(self) -> Decimal:
        """How much dearer it gets."""
        return self.after - self.before


class CostDelta(Facts):
    """The difference of two estimates.

    Attributes:
        changes: Fixed and capacity charges that differ.
        before: Fixed total before.
        after: Fixed total after.
        newly_unpriced: What only the later estimate could not price, as ``type name: what``.
        no_longer_unpriced: What only the earlier one could not.
    """

    changes: tuple[Change, ...]
    before: Decimal
    after: Decimal
    newly_unpriced: tuple[str, ...]
    no_longer_unpriced: tuple[str, ...]

    @property
    def delta(self) -> Decimal:
        """How much dearer a month gets."""
        return self.after - self.before

    @property
    def same(self) -> bool:
        """Whether nothing differs, the unpriced included."""
        return not (self.changes or self.newly_unpriced or self.no_longer_unpriced)

    def frame(self) -> pd.DataFrame:
        """The changes as a table, the total last."""
        import pandas as pd

        rows: list[tuple[str, ...]] = [
            (c.sign, c.resource, c.what, dollars(c.before), dollars(c.after), signed(c.delta)) for c in self.changes
        ]
        rows.append(("", "TOTAL", "", dollars(self.before), dollars(self.after), signed(self.delta)))
        return pd.DataFrame(rows, columns=["", "Resource", "What", "Before", "After", "Change"])

    def summary(self) -> str:
        """One line, e.g. ``+$33.85 a month ($248.73 -> $282.58), 2 charges differ``."""
        span = f"{dollars(self.before)} -> {dollars(self.after)}"
        line = f"{signed(self.delta)} a month ({span}), {len(self.changes)} charges differ"
        words = {"newly not priced": self.newly_unpriced, "not priced and gone": self.no_longer_unpriced}
        return "; ".join([line, *(f"{word}: {', '.join(names)}" for word, names in words.items() if names)])


def diff(before: Estimate, after: Estimate) -> CostDelta:
    """Compare two estimates charge by charge, over what is fixed or provisioned.

    Args:
        before: The earlier estimate, e.g. of the plan.
        after: The later one, e.g. of the deployed stack.
    """
    old, new = _charges(before), _charges(after)
    changes = []
    for key in dict.fromkeys((*old, *new)):
        then, now = old.get(key, []), new.get(key, [])
        if _sum(then) == _sum(now) and bool(then) == bool(now):
            continue
        shown = [*now, *then][0]
        sign: Sign = "~" if then and now else "+" if now else "-"
        changes.append(Change(sign=sign, resource=shown.resource, what=shown.what, before=_sum(then), after=_sum(now)))
    open_before, open_after = _open(before), _open(after)
    return CostDelta(
        changes=tuple(changes),
        before=before.fixed,
        after=after.fixed,
        newly_unpriced=tuple(x for x in open_after if x not in open_before),
        no_longer_unpriced=tuple(x for x in open_before if x not in open_after),
    )


def _charges(estimate: Estimate) -> dict[tuple[tuple[str, ...], str, str], list[Line]]:
    """The lines by resources, price and what they are for: two disks of one instance share a price, two alike all three."""
    found: dict[tuple[tuple[str, ...], str, str], list[Line]] = {}
    for line in estimate.lines:
        if line.kind is not Kind.USAGE:
            found.setdefault((line.urns, line.key, line.what), []).append(line)
    return found


def _open(estimate: Estimate) -> tuple[str, ...]:
    return tuple(f"{x.type} {x.name}: {x.what}" for x in estimate.unpriced)


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.monthly or Decimal(0) for line in lines), Decimal(0))


def signed(amount: Decimal) -> str:
    """A difference as shown, e.g. ``+$3.00``."""
    return f"+{dollars(amount)}" if amount >= 0 else dollars(amount)
