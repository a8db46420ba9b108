"""Which product of AWS's price list each price key stands for (``runbook_lib/data/products.csv``).

A product is found by its attributes. Usage types carry prefixes that no rule makes from a region (``NatGateway-Hours``
in us-east-1, ``USE1-PublicIPv4:InUseAddress`` there too, ``EU-`` in eu-west-1, ``us-east-1-KMS-Keys``), so they are
written without one and compared with any.
"""

from __future__ import annotations

import csv
import re
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVERYWHERE = "-"
"""In ``region_by``: the price is the same in every region."""
STATED = "usd"
"""In place of attributes, ``usd=0``: AWS has no product because it makes no charge; ``seen`` names who says so."""
_USAGE_TYPE = "usagetype"
_PREFIX = re.compile(r"(?:[A-Z]{2,3}\d|EU|[a-z]{2}(?:-[a-z]+)+-\d)-")
_FILLED = re.compile(r"\{(\w+)\}")
_ABSENT = frozenset({"", "NA"})


class Selector(BaseModel):
    """One row of ``products.csv``: how the one product of a price is found.

    Attributes:
        key: The price list's key; ``{name}`` in it is filled from the product's attribute ``name``.
        units: AWS's words for the unit of the rate; the first is the one that the price list uses.
        region_by: The attribute that says the product's region.
        attributes: What has to be equal; an empty value asks for an attribute that is absent, empty or ``NA``.
        seen: Where products with these attributes were seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    service_code: str
    units: tuple[str, ...]
    region_by: str
    attributes: dict[str, str]
    seen: str = Field(min_length=1)

    @property
    def stated(self) -> str | None:
        """The price itself, where AWS has no product to look for."""
        return self.attributes.get(STATED)

    @cached_property
    def filled_from(self) -> tuple[str, ...]:
        """The attributes that the key is filled from."""
        return tuple(_FILLED.findall(self.key))

    def filters(self, region: str) -> dict[str, str]:
        """What AWS's own filters can narrow down to: every attribute but those whose spelling depends on the region."""
        asked = {name: value for name, value in self.attributes.items() if value and name != _USAGE_TYPE}
        return asked if self.region_by == EVERYWHERE else {self.region_by: region, **asked}

    def matches(self, attributes: Mapping[str, str], region: str) -> bool:
        """Whether a product has all that is asked for, in that region."""
        if self.region_by != EVERYWHERE and attributes.get(self.region_by) != region:
            return False
        if any(attributes.get(name, "") in _ABSENT for name in self.filled_from):
            return False
        return all(_equal(name, wanted, attributes.get(name, "")) for name, wanted in self.attributes.items())

    def key_of(self, attributes: Mapping[str, str]) -> str:
        """The price list's key for a product that matches."""
        return _FILLED.sub(lambda found: attributes[found[1]], self.key)

    def stands_for(self, key: str) -> bool:
        """Whether this row is where the price of ``key`` comes from."""
        return self._pattern.fullmatch(key) is not None if self.filled_from else key == self.key

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("(.+)".join(re.escape(part) for part in _FILLED.split(self.key)[::2]))


def _equal(name: str, wanted: str, found: str) -> bool:
    if name == _USAGE_TYPE:
        return found == wanted or _PREFIX.sub("", found, count=1) == wanted
    return found in _ABSENT if not wanted else found == wanted


@cache
def selectors() -> tuple[Selector, ...]:
    """Every row of the shipped table.

    Raises:
        UsageError: A row cannot be read, or two are for the same key.
    """
    file = resources.files("runbook_lib") / "data" / "products.csv"
    found = parse(file.read_text(encoding="utf-8").splitlines())
    keys = [selector.key for selector in found]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise UsageError(f"products.csv has {', '.join(twice)} more than once.", remedy="Correct runbook_lib/data/products.csv.")
    return found


def parse(lines: Iterable[str]) -> tuple[Selector, ...]:
    """Selectors from the lines of a table.

    Raises:
        UsageError: A row cannot be read; it is named.
    """
    found = []
    for row in csv.DictReader(lines):
        try:
            found.append(
                Selector(
                    key=row["key"],
                    service_code=row["service_code"],
                    units=tuple(row["unit"].split("|")),
                    region_by=row["region_by"] or "regionCode",
                    attributes=dict(pair.split("=", 1) for pair in row["attributes"].split(";")),
                    seen=row["seen"],
                )
            )
            if found[-1].stated not in (None, "0"):
                raise ValueError("only what AWS makes no charge for may be stated, as usd=0")  # noqa: TRY301
        except (KeyError, ValueError, AttributeError, ValidationError) as error:
            raise UsageError(
                f"The row {row.get('key')!r} of products.csv cannot be read: {error}",
                remedy="Its columns are key, service_code, unit, region_by, attributes (name=value;name=value), seen.",
            ) from error
    return tuple(found)


@cache
def unit_of(key: str) -> str | None:
    """What a price is for by its key, in the price list's word; ``None`` where no product is looked for."""
    return next((each.units[0] for each in selectors() if each.stands_for(key)), None)
