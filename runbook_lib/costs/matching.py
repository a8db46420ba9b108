"""From products to the rows of a price list: exactly one product for a price, or no price and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from runbook_lib.costs.offers import ENDLESS, Dimension, Product
from runbook_lib.costs.prices import ASKED
from runbook_lib.costs.products import Selector

CURRENCY = "USD"
_NAMED = 3


class Row(BaseModel):
    """One row of ``prices_<region>.csv``; the names are the columns'.

    Attributes:
        usd: US dollars a unit, in plain digits; empty where there is no price.
        as_of: The day on which AWS said so.
        confirmed_by_two: ``aws``: no second source is needed beside AWS's own list.
        note: Why there is no price.
        proof: When the API answered, or the offer file's SHA-256.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    service_code: str
    dimension: str = ""
    usage_type: str = ""
    sku: str = ""
    unit: str
    usd: str = ""
    tier_begin: str = "0"
    tier_end: str = ENDLESS
    as_of: str
    source_1: str
    source_2: str = ""
    confirmed_by_two: str = "no"
    note: str = ""
    usage_type_check: str = ""
    currency: str = CURRENCY
    effective_date: str = ""
    offer_version: str = ""
    published: str = ""
    proof: str = ""


class _Refusal(Exception):  # noqa: N818 - an answer, not an error
    """Why a product gives no price."""


def rows(selector: Selector, products: Iterable[Product], *, region: str, as_of: str) -> tuple[Row, ...]:
    """The rows of one selector: a price for each key it stands for, or the reason why there is none.

    Args:
        selector: How the product is found.
        products: What AWS lists; others than the one asked for may be among them.
        region: The region that is priced.
        as_of: The day, as ISO 8601, on which AWS said so.
    """
    if selector.stated is not None:
        return (_stated(selector, as_of),)
    found: dict[str, dict[str, Product]] = {}
    for product in products:
        if product.service_code == selector.service_code and selector.matches(product.attributes, region):
            found.setdefault(selector.key_of(product.attributes), {})[product.sku] = product
    if not found:
        return (unpriced(selector, selector.key, f"no product of {selector.service_code} has these attributes", as_of),)
    written: list[Row] = []
    for key, candidates in sorted(found.items()):
        try:
            written += _priced(selector, key, tuple(candidates.values()), as_of)
        except _Refusal as refusal:
            written.append(unpriced(selector, key, str(refusal), as_of))
    return tuple(written)


def _priced(selector: Selector, key: str, candidates: Sequence[Product], as_of: str) -> list[Row]:
    if len(candidates) > 1:
        skus = sorted(product.sku for product in candidates)
        more = f" and {len(skus) - _NAMED} more" if len(skus) > _NAMED else ""
        raise _Refusal(f"{len(skus)} products have these attributes: {', '.join(skus[:_NAMED])}{more}")
    (product,) = candidates
    if len(product.terms) != 1:
        raise _Refusal(f"{product.sku} has {len(product.terms) or 'no'} on-demand terms")
    (term,) = product.terms
    tiers = _tiers(product.sku, term.dimensions, selector.units)
    prices = [tier.prices[CURRENCY] for tier in tiers]
    # A rate of 0 before a paid one is a free allowance: of the account, so it is shown and never deducted.
    allowance = len(tiers) > 1 and prices[0] == 0 and any(prices)
    paid = len(tiers) - allowance
    written = []
    for place, (tier, price) in enumerate(zip(tiers, prices, strict=True)):
        number = place + 1 - allowance
        suffix = ".free" if number == 0 else f".t{number}" if paid > 1 else ""
        written.append(
            Row(
                key=key + suffix,
                service_code=product.service_code,
                dimension=product.attributes.get("productFamily", ""),
                usage_type=product.attributes.get("usagetype", ""),
                sku=product.sku,
                unit=selector.units[0],
                usd=_digits(price),
                tier_begin=_digits(tier.begin),
                tier_end=ENDLESS if tier.end is None else _digits(tier.end),
                as_of=as_of,
                source_1=product.source,
                confirmed_by_two="aws",
                usage_type_check="exact (in source 1)",
                effective_date=term.effective,
                offer_version=product.version,
                published=product.published,
                proof=product.proof,
            )
        )
    return written


def _tiers(sku: str, dimensions: Sequence[Dimension], units: Sequence[str]) -> list[Dimension]:
    """A product's rates in order, if they say what every quantity costs."""
    tiers = sorted(dimensions, key=lambda tier: tier.begin)
    if not tiers:
        raise _Refusal(f"{sku} has no rate")
    for tier in tiers:
        if tier.unit not in units:
            raise _Refusal(f"{sku} is charged by {tier.unit}, not by {units[0]}")
        if CURRENCY not in tier.prices:
            raise _Refusal(f"{sku} is priced in {', '.join(tier.prices) or 'no currency'}, not in {CURRENCY}")
        if tier.prices[CURRENCY] < 0:
            raise _Refusal(f"{sku} has a price below zero")
    ends = [Decimal(0), *(tier.end for tier in tiers)]
    if [tier.begin for tier in tiers] != ends[:-1] or ends[-1] is not None:
        raise _Refusal(f"the tiers of {sku} leave quantities out")
    return tiers


def _stated(selector: Selector, as_of: str) -> Row:
    return Row(
        key=selector.key,
        service_code=selector.service_code,
        unit=selector.units[0],
        usd=str(selector.stated),
        as_of=as_of,
        source_1=selector.seen,
        confirmed_by_two="aws",
        note="AWS has no product for it: it makes no charge.",
    )


def unpriced(selector: Selector, key: str, why: str, as_of: str, *, asked: bool = True) -> Row:
    """A row without a price; asking for it gives the reason.

    Args:
        selector: What was looked for.
        key: The price list's key.
        why: Why there is none.
        as_of: The day, ISO 8601.
        asked: Whether AWS has answered; then no older list knows better.
    """
    return Row(
        key=key, service_code=selector.service_code, unit=selector.units[0], as_of=as_of, source_1="AWS price list", note=why,
        confirmed_by_two=ASKED if asked else "no",
    )  # fmt: skip


def _digits(number: Decimal) -> str:
    """A number in plain digits, without the zeros that AWS fills up with."""
    return f"{number.normalize():f}" if number else "0"
