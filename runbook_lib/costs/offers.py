"""Products and prices as AWS publishes them: the answers of its Price List API and its public offer files.

Both say the same in two shapes: an offer file nests its terms by SKU and product, an answer holds one product.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, ConfigDict

from runbook_lib.errors import TargetError

ENDLESS = "Inf"


class Dimension(BaseModel):
    """One rate of a product.

    Attributes:
        prices: Price of a unit by currency; AWS China's are in CNY.
        begin: The monthly quantity from which the rate holds.
        end: Up to which; ``None`` is without end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    begin: Decimal
    end: Decimal | None
    prices: dict[str, Decimal]


class Term(BaseModel):
    """The rates that hold on demand from a date on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effective: str
    """``effectiveDate`` as AWS writes it, e.g. ``2026-08-01T00:00:00Z``."""
    dimensions: tuple[Dimension, ...]


class Product(BaseModel):
    """A product with its on-demand terms, and where it is from.

    Attributes:
        attributes: AWS's attributes, ``productFamily`` among them.
        version: The offer's version.
        published: The offer's publication date, as AWS writes it.
        source: What was read: the API, or the file's address.
        proof: When the API answered, or the file's SHA-256.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str
    service_code: str
    attributes: dict[str, str]
    terms: tuple[Term, ...]
    version: str
    published: str
    source: str
    proof: str


def of_answer(text: str, *, source: str, proof: str) -> Product:
    """A product from one item of ``get_products``' ``PriceList``.

    Raises:
        TargetError: It is not what AWS documents.
    """
    with _told(source):
        item = json.loads(text)
        return _product(
            item["product"],
            item["terms"].get("OnDemand", {}),
            service_code=item["serviceCode"],
            version=item["version"],
            published=item["publicationDate"],
            source=source,
            proof=proof,
        )


def of_file(content: bytes, *, source: str, proof: str) -> Iterator[Product]:
    """The products of an offer file (``index.json``).

    Raises:
        TargetError: It is not what AWS documents.
    """
    with _told(source):
        offer = json.loads(content)
        terms = offer["terms"].get("OnDemand", {})
        facts = {"service_code": offer["offerCode"], "version": offer["version"], "published": offer["publicationDate"]}
        for sku, product in offer["products"].items():
            yield _product(product, terms.get(sku, {}), source=source, proof=proof, **facts)


def _product(product: Mapping[str, Any], terms: Mapping[str, Any], **facts: Any) -> Product:
    family = {"productFamily": product["productFamily"]} if product.get("productFamily") else {}
    return Product(
        sku=product["sku"],
        attributes={**product.get("attributes", {}), **family},
        terms=tuple(
            Term(effective=term["effectiveDate"], dimensions=tuple(_dimension(d) for d in term["priceDimensions"].values()))
            for term in terms.values()
        ),
        **facts,
    )


def _dimension(found: Mapping[str, Any]) -> Dimension:
    # What has no tiers may leave its range out.
    end = found.get("endRange", ENDLESS)
    return Dimension(
        unit=found["unit"],
        begin=Decimal(found.get("beginRange", "0")),
        end=None if end == ENDLESS else Decimal(end),
        prices={currency: Decimal(price) for currency, price in found["pricePerUnit"].items()},
    )


@contextmanager
def _told(source: str) -> Iterator[None]:
    """Turn what a shape that AWS does not document raises into one clear error."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as error:
        raise TargetError(
            f"{source} does not have the shape that AWS documents: {type(error).__name__}: {error}",
            remedy="No list was written; report it with what was answered.",
        ) from error
