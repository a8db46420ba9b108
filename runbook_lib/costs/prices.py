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
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path

from runbook_lib import settings
from runbook_lib.costs import products
from runbook_lib.costs.price_list import ListFile, Price, PriceList, refresh_command
from runbook_lib.errors import UsageError

STALE_AFTER_DAYS = 90
FOLDER_VARIABLE = "RUNBOOK_PRICES"
"""Names the folder of the checkout's own lists, in place of ``notebooks/prices``."""
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_TIER = re.compile(r"^(?P<family>.+)\.t\d+$")
_CURRENCY = "USD"
ASKED = "aws"
"""In ``confirmed_by_two``: AWS itself was asked, and answered this."""
_CONFIRMED = frozenset({"yes", ASKED})
_COLUMNS = frozenset(
    {"key", "service_code", "unit", "usd", "tier_begin", "tier_end", "as_of", "source_1", "confirmed_by_two", "note"}
)
_LARGEST = 9
"""The power of ten of a price beyond which it is none."""


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
    refuted: set[str] = set()
    table = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    if lacking := _COLUMNS - set(table.fieldnames or ()):
        raise UsageError(
            f"{name} is no price list: it lacks the columns {', '.join(sorted(lacking))}.",
            remedy=f"Write it anew: {refresh_command(region)}.",
        )
    for row in table:
        try:
            family = _TIER.sub(r"\g<family>", _whole(row)["key"])
            if row["usd"]:
                tiers = rates.setdefault(family, [])
                tiers.append(_price(row, family, tiers))
            else:
                missing[family] = row["note"]
                refuted |= {family} if row["confirmed_by_two"] == ASKED else set()
        except (TypeError, ValueError, ArithmeticError) as error:
            raise UsageError(
                f"{name}: the row {row.get('key')!r} is not a price: {error}",
                remedy=f"Correct it, or write the list anew: {refresh_command(region)}.",
            ) from error
    # Rows are in tier order in the file. A first tier that begins above zero begins where an account-wide free
    # allowance ends; that may be spent already, so the first paid rate counts from the first unit.
    source = ListFile(region=region, name=name, sha256=hashlib.sha256(text.encode()).hexdigest())
    found = {key: tuple(tiers) for key, tiers in rates.items()}
    return PriceList(region=region, rates=found, missing=missing, refuted=frozenset(refuted), files=(source,))


def _whole(row: dict[str, str]) -> dict[str, str]:
    if None in row.values():
        msg = "it has fewer columns than the head"
        raise ValueError(msg)
    return row


def _price(row: dict[str, str], key: str, before: list[Price]) -> Price:
    currency = row.get("currency") or _CURRENCY
    if currency != _CURRENCY:
        msg = f"it is in {currency}, which is never summed with US dollars"
        raise ValueError(msg)
    usd = Decimal(row["usd"])
    if not usd.is_finite() or usd < 0 or usd.adjusted() > _LARGEST:
        msg = f"{row['usd']} is not an amount"
        raise ValueError(msg)
    begin, end = Decimal(row["tier_begin"]), Decimal(row["tier_end"])
    if before and begin != before[-1].tier_end:
        msg = f"its tier begins at {row['tier_begin']}, the one before ends at {before[-1].tier_end or 'no quantity'}"
        raise ValueError(msg)
    if not 0 <= begin < end:
        msg = f"its tier goes from {row['tier_begin']} to {row['tier_end']}"
        raise ValueError(msg)
    if (unit := products.unit_of(key)) not in {None, row["unit"]}:
        msg = f"it is for {row['unit']}, and is charged by {unit}"
        raise ValueError(msg)
    return Price(
        key=key,
        service=row["service_code"],
        unit=row["unit"],
        usd=usd,
        tier_end=None if end.is_infinite() else end,
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
