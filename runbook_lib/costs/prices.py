"""The price list: dated rows with their sources, and nothing made up between them.

``runbook_lib/data/prices_<region>.csv`` holds one row per price. A row without a price is one that was looked for and
not found; asking for it gives ``None``, never zero.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from runbook_lib.errors import UsageError

STALE_AFTER_DAYS = 90
_TIER = re.compile(r"^(?P<family>.+)\.t\d+$")


class Price(BaseModel):
    """One row of the price list.

    Attributes:
        usd: US dollars per ``unit``.
        tier_end: The monthly quantity up to which this rate holds; ``None`` is without end.
        as_of: When the source was published; ``None`` where the source is undated.
        confirmed: Whether a second source says the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    service: str
    unit: str
    usd: Decimal
    tier_end: Decimal | None
    as_of: date | None
    source: str
    confirmed: bool

    def age_days(self, today: date) -> int | None:
        """Days since the source was published, ``None`` where that is not known."""
        return None if self.as_of is None else (today - self.as_of).days


class PriceList(BaseModel):
    """The prices of one region; empty where there is no list for the region."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    rates: dict[str, tuple[Price, ...]]
    """Per key, the paid rates in the order of their tiers."""
    missing: dict[str, str]
    """Keys that were looked for and not found, with the list's own words about them."""

    def rate(self, key: str) -> Price | None:
        """The rate of the first paid tier, or ``None`` where the price is not known."""
        tiers = self.rates.get(key)
        return tiers[0] if tiers else None

    def why_missing(self, key: str) -> str:
        """Why ``rate`` gave ``None``."""
        if not self.rates:
            return f"there is no price list for {self.region}"
        return f"price {key}: {self.missing.get(key) or 'not in the price list'}"

    def cost(self, key: str, quantity: Decimal) -> Decimal | None:
        """What ``quantity`` units in a month cost, tier by tier, free tiers left out.

        Returns:
            US dollars, unrounded; ``None`` where the price is unknown or the quantity goes beyond the known tiers.
        """
        total, begin = Decimal(0), Decimal(0)
        for price in self.rates.get(key, ()):
            if price.tier_end is None or quantity <= price.tier_end:
                return total + (quantity - begin) * price.usd
            total += (price.tier_end - begin) * price.usd
            begin = price.tier_end
        return None


@cache
def load(region: str) -> PriceList:
    """The price list shipped for ``region``; an empty one where none is.

    Raises:
        UsageError: The shipped file holds a row that is not a price.
    """
    file = resources.files("runbook_lib") / "data" / f"prices_{region.replace('-', '_')}.csv"
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region) or not file.is_file():
        return PriceList(region=region, rates={}, missing={})
    rates: dict[str, list[Price]] = {}
    missing: dict[str, str] = {}
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        family = _TIER.sub(r"\g<family>", row["key"])
        if row["usd"]:
            rates.setdefault(family, []).append(_price(row, family))
        else:
            missing[family] = row["note"]
    # Rows are in tier order in the file. A first tier that begins above zero begins where an account-wide free
    # allowance ends; that may be spent already, so the first paid rate counts from the first unit.
    return PriceList(region=region, rates={key: tuple(tiers) for key, tiers in rates.items()}, missing=missing)


def _price(row: dict[str, str], key: str) -> Price:
    try:
        return Price(
            key=key,
            service=row["service_code"],
            unit=row["unit"],
            usd=Decimal(row["usd"]),
            tier_end=None if row["tier_end"] == "Inf" else Decimal(row["tier_end"]),
            as_of=date.fromisoformat(row["as_of"]) if row["as_of"][:1].isdigit() else None,
            source=row["source_1"],
            confirmed=row["confirmed_by_two"] == "yes",
        )
    except (ValueError, InvalidOperation) as error:
        raise UsageError(
            f"The price list's row {row.get('key')!r} is not a price: {error}", remedy="Correct runbook_lib/data."
        ) from error
