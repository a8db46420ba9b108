"""What an estimate is made of: priced lines, what costs nothing, and what could not be priced."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from runbook_lib.costs.price_list import ListFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from matplotlib.figure import Figure

    from runbook_lib.costs.delta import CostDelta

HOURS = Decimal(730)
"""Hours in a month, by the convention of AWS's own calculator."""


class PlannedResource(Protocol):
    """A resource of a plan (``runbook_lib.plan.Operation``) or of a deployed stack's state.

    ``inputs`` is keyed by Pulumi's camelCase names; a value that is known only after the deployment may be any text.
    ``provider`` is ``<urn>::<id>``, empty for components.
    """

    @property
    def type(self) -> str: ...  # noqa: D102 - e.g. aws:rds/instance:Instance
    @property
    def name(self) -> str: ...  # noqa: D102 - the name in the program
    @property
    def urn(self) -> str: ...  # noqa: D102 - Pulumi's URN
    @property
    def op(self) -> str: ...  # noqa: D102 - create, same, update, replace, delete ...
    @property
    def provider(self) -> str: ...  # noqa: D102 - see the class
    @property
    def inputs(self) -> Mapping[str, Any]: ...  # noqa: D102 - see the class


class Kind(StrEnum):
    """What makes a line's quantity."""

    FIXED = "fixed"
    """It exists, hour after hour."""
    CAPACITY = "capacity"
    """It was provisioned, used or not."""
    USAGE = "usage"
    """It is used."""


class Facts(BaseModel):
    """Base of the immutable records here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Range(Facts):
    """Low, expected and high of one quantity or sum."""

    low: Decimal
    expected: Decimal
    high: Decimal


class Line(Facts):
    """One priced line. Usage lines stand for every resource that is charged by the same rate.

    Attributes:
        quantity: Units a month; ``None`` where it depends on usage and no assumption was given.
        driver: What its usage is counted by (``drivers.DRIVERS``); empty for what is not used.
        monthly: US dollars, unrounded; ``None`` as for ``quantity``.
        monthly_range: The same for usage at its low, expected and high assumption.
        as_of: Publication date of the price's source, ``None`` where undated.
        confirmed: Whether the price has a second source.
    """

    service: str
    region: str
    type: str
    names: tuple[str, ...]
    urns: tuple[str, ...]
    what: str
    kind: Kind
    quantity: Decimal | None
    driver: str = ""
    unit: str
    unit_price: Decimal
    monthly: Decimal | None
    monthly_range: Range | None = None
    key: str
    as_of: date | None
    source: str
    confirmed: bool

    @property
    def resource(self) -> str:
        """The resource's name, or how many share the line."""
        return self.names[0] if len(self.names) == 1 else f"{len(self.names)} resources"


class Unpriced(Facts):
    """Something that may cost money and was given no price.

    Attributes:
        region: Where it is; empty where that is known only after the deployment.
        remedy: The command that may get its price; empty where the price list is not what is missing.
        used: Whether it is charged by use, and not because it exists.
    """

    type: str
    name: str
    urn: str
    region: str
    what: str
    reason: str
    remedy: str = ""
    used: bool = False


class Free(Facts):
    """A resource that AWS makes no charge for, and who says so."""

    type: str
    name: str
    urn: str
    reason: str
    source: str


class FreeTier(Facts):
    """A free allowance of the account that was not deducted, because it may be spent already."""

    key: str
    allowance: str
    note: str


class Estimate(Facts):
    """What a set of resources costs in a month of 730 hours.

    Attributes:
        region: The stack's own region.
        regions: Every region in which there is something of AWS, the stack's own first.
        price_lists: The files that prices were read from.
        lines: What was priced.
        free: Resources known to be free of charge.
        unpriced: What could not be priced: never counted as zero, named with the reason.
        outside: Other types, with how many: components, providers and what else is not a resource of AWS.
        free_tiers: Allowances not deducted.
        assumed: Whether usage assumptions were given.
        unmet: What is assumed of a type or a resource, and nothing here is charged for.
        today: The day the ages of the prices are counted to.
    """

    region: str
    regions: tuple[str, ...]
    today: date
    price_lists: tuple[ListFile, ...]
    lines: tuple[Line, ...]
    free: tuple[Free, ...]
    unpriced: tuple[Unpriced, ...]
    outside: dict[str, int]
    free_tiers: tuple[FreeTier, ...]
    assumed: bool
    unmet: tuple[str, ...] = ()

    @property
    def fixed(self) -> Decimal:
        """Fixed and capacity lines, US dollars a month, unrounded."""
        return sum((x.monthly or Decimal(0) for x in self.lines if x.kind is not Kind.USAGE), Decimal(0))

    @property
    def usage(self) -> Range | None:
        """The usage lines at their assumptions, or ``None`` where none were given."""
        ranges = [x.monthly_range for x in self.lines if x.monthly_range is not None]
        if not self.assumed:
            return None
        return Range(
            low=sum((r.low for r in ranges), Decimal(0)),
            expected=sum((r.expected for r in ranges), Decimal(0)),
            high=sum((r.high for r in ranges), Decimal(0)),
        )

    @property
    def total(self) -> Decimal:
        """Fixed, plus usage as expected where it was assumed; unrounded."""
        return self.fixed + (self.usage.expected if self.usage else Decimal(0))

    @property
    def complete(self) -> bool:
        """Whether nothing is left unpriced."""
        return not self.unpriced

    def stale(self, *, after_days: int) -> tuple[Line, ...]:
        """The lines whose price is older than that, or undated."""
        return tuple(x for x in self.lines if x.as_of is None or (self.today - x.as_of).days > after_days)

    def share(self, lines: Iterable[Line]) -> Decimal:
        """How much of the total these lines are, 0 to 1; 0 where there is no total."""
        return sum((x.monthly or Decimal(0) for x in lines), Decimal(0)) / self.total if self.total else Decimal(0)

    def compare(self, other: Estimate) -> CostDelta:
        """What changes from this estimate to ``other``."""
        from runbook_lib.costs.delta import diff

        return diff(self, other)

    def frame(self) -> pd.DataFrame:
        """The lines as a table, equal ones together, the total last."""
        from runbook_lib.costs.show import frame

        return frame(self)

    def lists(self) -> pd.DataFrame:
        """The files that prices were read from, with their digests."""
        from runbook_lib.costs.show import lists

        return lists(self)

    def figure(self) -> Figure:
        """A bar per service, dearest on top."""
        from runbook_lib.costs.show import figure

        return figure(self)

    def text(self) -> str:
        """The whole estimate as plain text, for logs and golden files."""
        from runbook_lib.costs.show import text

        return text(self)


def cents(amount: Decimal) -> Decimal:
    """A sum in whole cents, half a cent up: the only rounding there is, done where a sum is shown or judged."""
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def dollars(amount: Decimal) -> str:
    """A sum as shown, e.g. ``$248.73``."""
    shown = cents(amount)
    return f"-${-shown:,.2f}" if shown < 0 else f"${shown:,.2f}"
