"""The price list: dated rows with their sources, and nothing made up between them.

``runbook_lib/data/prices_<region>.csv`` is shipped; ``notebooks/prices/prices_<region>.csv`` is the checkout's own, which
``runbook prices refresh`` writes, and whose rows come first. One row is one price. A row without a price is one that was
looked for and not found; asking for it gives ``None``, never zero.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from runbook_lib import settings
from runbook_lib.errors import UsageError

STALE_AFTER_DAYS = 90
FOLDER_VARIABLE = "RUNBOOK_PRICES"
"""Names the folder of the checkout's own lists, in place of ``notebooks/prices``."""
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_TIER = re.compile(r"^(?P<family>.+)\.t\d+$")
_CURRENCY = "USD"
_CONFIRMED = frozenset({"yes", "aws"})


class Price(BaseModel):
    """One row of the price list.

    Attributes:
        usd: US dollars per ``unit``.
        tier_end: The monthly quantity up to which this rate holds; ``None`` is without end.
        as_of: When the source said so; ``None`` where the source is undated.
        confirmed: Whether a second source says the same, or AWS itself was asked.
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
        """Days since the source said so, ``None`` where that is not known."""
        return None if self.as_of is None else (today - self.as_of).days


class ListFile(BaseModel):
    """A file that prices were read from.

    Attributes:
        name: Its path in the project, or the file's name alone where it lies elsewhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    name: str
    sha256: str


class PriceList(BaseModel):
    """The prices of one region, US dollars; empty where there is no list for the region."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    rates: dict[str, tuple[Price, ...]]
    """Per key, the paid rates in the order of their tiers."""
    missing: dict[str, str]
    """Keys that were looked for and not found, with the list's own words about them."""
    files: tuple[ListFile, ...] = ()
    """What it was read from, the first to be believed first."""

    def rate(self, key: str) -> Price | None:
        """The rate of the first paid tier, or ``None`` where the price is not known."""
        tiers = self.rates.get(key)
        return tiers[0] if tiers else None

    def why_missing(self, key: str) -> str:
        """Why ``rate`` gave ``None``."""
        if not self.rates:
            return f"there is no price list for {self.region}"
        return f"price {key} in {self.region}: {self.missing.get(key) or 'not in the price list'}"

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

    def over(self, other: PriceList) -> PriceList:
        """This list, with the rows of ``other`` where it has no price."""
        return PriceList(
            region=self.region,
            rates=other.rates | self.rates,
            missing={key: why for key, why in (other.missing | self.missing).items() if key not in other.rates | self.rates},
            files=(*self.files, *other.files),
        )


def refresh_command(region: str) -> str:
    """What gets the prices of a region."""
    return f"runbook prices refresh --region {region}"


def own_file(region: str) -> Path:
    """Where the checkout's own list of a region is, or would be."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder or settings.home() / "notebooks" / "prices").resolve() / _name(region)


def load(region: str) -> PriceList:
    """The prices of a region: the checkout's own list, and below it the shipped one; empty where there is neither.

    Raises:
        UsageError: A file holds a row that is not a price, or not one in US dollars.
    """
    found = PriceList(region=region, rates={}, missing={})
    if not REGION.fullmatch(region):
        return found
    own = own_file(region)
    if own.is_file():
        found = read(region, _text(own), name=_told(own))
    return found.over(shipped(region))


def shipped(region: str) -> PriceList:
    """The list that the runbook brings for a region; an empty one where it brings none.

    Raises:
        UsageError: It holds a row that is not a price.
    """
    file = resources.files("runbook_lib") / "data" / _name(region)
    if not REGION.fullmatch(region) or not file.is_file():
        return PriceList(region=region, rates={}, missing={})
    return read(region, file.read_text(encoding="utf-8"), name=f"runbook_lib/data/{_name(region)}")


@cache
def read(region: str, text: str, *, name: str) -> PriceList:
    """A price list from a file's text.

    Raises:
        UsageError: A row is not a price, or not one in US dollars.
    """
    rates: dict[str, list[Price]] = {}
    missing: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        try:
            family = _TIER.sub(r"\g<family>", row["key"])
            if row["usd"]:
                rates.setdefault(family, []).append(_price(row, family))
            else:
                missing[family] = row["note"]
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise UsageError(
                f"{name}: the row {row.get('key')!r} is not a price: {error}",
                remedy=f"Correct it, or write the list anew: {refresh_command(region)}.",
            ) from error
    # Rows are in tier order in the file. A first tier that begins above zero begins where an account-wide free
    # allowance ends; that may be spent already, so the first paid rate counts from the first unit.
    source = ListFile(region=region, name=name, sha256=hashlib.sha256(text.encode()).hexdigest())
    return PriceList(region=region, rates={key: tuple(tiers) for key, tiers in rates.items()}, missing=missing, files=(source,))


def _price(row: dict[str, str], key: str) -> Price:
    currency = row.get("currency") or _CURRENCY
    if currency != _CURRENCY:
        msg = f"it is in {currency}, which is never summed with US dollars"
        raise ValueError(msg)
    usd = Decimal(row["usd"])
    if not usd.is_finite() or usd < 0:
        msg = f"{row['usd']} is not an amount"
        raise ValueError(msg)
    return Price(
        key=key,
        service=row["service_code"],
        unit=row["unit"],
        usd=usd,
        tier_end=None if row["tier_end"] == "Inf" else Decimal(row["tier_end"]),
        as_of=date.fromisoformat(row["as_of"]) if row["as_of"][:1].isdigit() else None,
        source=row["source_1"],
        confirmed=row["confirmed_by_two"] in _CONFIRMED,
    )


def _text(own: Path) -> str:
    try:
        return own.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{own} cannot be read: {error}", remedy="Write it anew: runbook prices refresh.") from error


def _name(region: str) -> str:
    return f"prices_{region.replace('-', '_')}.csv"


def _told(own: Path) -> str:
    return str(own.relative_to(settings.home())) if own.is_relative_to(settings.home()) else own.name
