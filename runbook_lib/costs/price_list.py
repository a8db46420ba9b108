"""A region's prices: rates by key, what was looked for and not found, and the files that both are from. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


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
    refuted: frozenset[str] = frozenset()
    """Those of ``missing`` of which AWS itself says that there is no one price: no older list knows better."""
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
        """This list, with the rows of ``other`` of what it does not know."""
        rates = {key: tiers for key, tiers in other.rates.items() if key not in self.refuted} | self.rates
        return PriceList(
            region=self.region,
            rates=rates,
            missing={key: why for key, why in (other.missing | self.missing).items() if key not in rates},
            refuted=self.refuted | other.refuted,
            files=(*self.files, *other.files),
        )


def refresh_command(region: str) -> str:
    """What gets the prices of a region."""
    return f"runbook prices refresh --region {region}"
