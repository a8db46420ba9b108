"""A region's price list, built anew from what AWS says today and written as a file of the checkout's own."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runbook_lib import files
from runbook_lib.costs import matching, prices, products
from runbook_lib.costs.matching import Row
from runbook_lib.costs.price_sources import NotListedError
from runbook_lib.errors import TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from runbook_lib.costs.price_sources import PriceSource
    from runbook_lib.costs.products import Selector

_AT_ONCE = 2  # AWS answers a few questions a second; more would only be throttled


def build(region: str, source: PriceSource, *, now: datetime, told: Callable[[str], None] = lambda _: None) -> tuple[Row, ...]:
    """A row for each price that AWS names for a region, and one with the reason for each that it does not.

    Args:
        region: The AWS region that is priced.
        source: Where AWS's prices are read.
        now: When it is read; the list's prices are as of this day.
        told: Is told each service that is being read; a file of AWS's takes its time.

    Raises:
        UsageError: The region is none, or its prices are not in US dollars.
        TargetError: AWS does not answer, or knows no price at all for the region.
    """
    if not prices.REGION.fullmatch(region):
        raise UsageError(f"{region!r} is not an AWS region.", remedy="It looks like eu-central-1.")
    if region.startswith("cn-"):
        raise UsageError(
            f"The prices of {region} are in CNY, and what is estimated and budgeted here is in US dollars.",
            remedy="AWS China publishes them at https://pricing.cn-north-1.amazonaws.com.cn.",
        )
    as_of = now.date().isoformat()

    services: set[str] = set()

    def rows(selector: Selector) -> tuple[Row, ...]:
        if selector.stated is None and selector.service_code not in services:
            services.add(selector.service_code)
            told(selector.service_code)
        try:
            found = () if selector.stated is not None else source.products(selector, region)
        except NotListedError as error:
            return (matching.unpriced(selector, selector.key, error.message, as_of, asked=False),)
        return matching.rows(selector, found, region=region, as_of=as_of)

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = tuple(row for group in pool.map(rows, products.selectors()) for row in group)
    if not any(row.sku for row in found):
        raise TargetError(
            f"AWS names no price for {region}; no list was written.",
            remedy="Check the region's name: runbook prices refresh --help.",
        )
    return found


def write(region: str, rows: tuple[Row, ...]) -> Path:
    """Put a list in the place of the checkout's own for the region; a reader sees the old one or the new one.

    Returns:
        Where it is.

    Raises:
        RecordError: It cannot be written.
        UsageError: Its folder cannot be made.
    """
    path = prices.own_file(region)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(Row.model_fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.model_dump() for row in rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{path.parent} cannot be made: {error.strerror}.", remedy=f"Set {prices.FOLDER_VARIABLE} to a folder of yours."
        ) from error
    files.write_atomic(path, text.getvalue().encode(), exact=True)
    return path
