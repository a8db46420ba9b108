"""AWS's answers about prices in the shapes that it gives them, built from recorded ones; imported by the tests beside it.

``get_products`` answers with one JSON text for each product; an offer file nests the same by SKU. Names and shapes are those of
botocore 1.43's model and of recorded answers (``notes`` of the price list name them); SKUs and prices are the tests' own.
"""

from __future__ import annotations

import json
from typing import Any

TERM, RATE = "JRTCKXETXF", "6YS6EN2CT7"
VERSION, PUBLISHED = "20261006224050", "2026-10-06T22:40:50Z"

Tiers = tuple[tuple[str, str, str], ...]
"""``(price, begin, end)`` of each."""


def product(
    sku: str,
    service: str,
    attributes: dict[str, str],
    *prices: tuple[str, str, str],
    unit: str = "Hrs",
    currency: str = "USD",
    region: str = "eu-central-1",
) -> dict[str, Any]:
    """One product as ``get_products`` has it in ``PriceList``, before it is made a text."""
    tiers: Tiers = prices or (("0.0520000000", "0", "Inf"),)
    family = {"productFamily": attributes["productFamily"]} if "productFamily" in attributes else {}
    rest = {name: value for name, value in attributes.items() if name != "productFamily"}
    dimensions = {
        f"{sku}.{TERM}.{RATE}{i}": {
            "unit": unit,
            "beginRange": begin,
            "endRange": end,
            "description": f"{price} per {unit}",
            "appliesTo": [],
            "rateCode": f"{sku}.{TERM}.{RATE}{i}",
            "pricePerUnit": {currency: price},
        }
        for i, (price, begin, end) in enumerate(tiers)
    }
    term = {
        "priceDimensions": dimensions,
        "sku": sku,
        "effectiveDate": "2026-10-01T00:00:00Z",
        "offerTermCode": TERM,
        "termAttributes": {},
    }
    place = {"regionCode": region, "location": "EU (Frankfurt)", "locationType": "AWS Region"}
    return {
        "product": {**family, "attributes": {"servicecode": service, **place, **rest}, "sku": sku},
        "serviceCode": service,
        "terms": {"OnDemand": {f"{sku}.{TERM}": term}, "Reserved": {f"{sku}.4NA7Y494T4": {"sku": sku}}},
        "version": VERSION,
        "publicationDate": PUBLISHED,
    }


def text(found: dict[str, Any]) -> str:
    """The product as ``get_products`` sends it."""
    return json.dumps(found)


def offer_file(service: str, *found: dict[str, Any]) -> bytes:
    """The same products as an offer file (``index.json``) has them."""
    return json.dumps(
        {
            "formatVersion": "v1.0",
            "disclaimer": "This pricing list is for informational purposes only.",
            "offerCode": service,
            "version": VERSION,
            "publicationDate": PUBLISHED,
            "products": {each["product"]["sku"]: each["product"] for each in found},
            "terms": {"OnDemand": {each["product"]["sku"]: each["terms"]["OnDemand"] for each in found}},
        }
    ).encode()


NAT = {"productFamily": "NAT Gateway", "operation": "NatGateway", "group": "NGW:NatGateway"}
NAT_HOUR = product("FY5BA3Q38RMNEMJS", "AmazonEC2", {**NAT, "usagetype": "EUC1-NatGateway-Hours"})
NAT_REGIONAL = product("6QZ6DNNWZGGHUM8F", "AmazonEC2", {**NAT, "usagetype": "EUC1-RegionalNatGateway-Hours"})
NAT_GB = product("AKVNMYU8AXRDW7H6", "AmazonEC2", {**NAT, "usagetype": "EUC1-NatGateway-Bytes"}, unit="GB")
REQUESTS = product(
    "TP3HG5T8AM3F676C",
    "AmazonApiGateway",
    {"productFamily": "API Calls", "operation": "ApiGatewayRequest", "usagetype": "EUC1-ApiGatewayRequest"},
    ("0.0000031900", "333000000", "1000000000"),
    ("0.0000037000", "0", "333000000"),
    ("0.0000027100", "1000000000", "Inf"),
    unit="Requests",
)
DELIVERIES = product(
    "DJXD7EEFNJ8EV2JW",
    "AmazonSNS",
    {"productFamily": "Message Delivery", "endpointType": "HTTP", "usagetype": "EUC1-DeliveryAttempts-HTTP"},
    ("0.0000000000", "0", "100000"),
    ("0.0000006000", "100000", "Inf"),
    unit="Notifications",
)


def database(sku: str, size: str, option: str, price: str, engine: str = "PostgreSQL") -> dict[str, Any]:
    """An RDS instance."""
    usage = f"EUC1-{'Multi-AZUsage' if option == 'Multi-AZ' else 'InstanceUsage'}:{size}"
    attributes = {
        "productFamily": "Database Instance",
        "instanceType": size,
        "databaseEngine": engine,
        "deploymentOption": option,
        "licenseModel": "No license required",
        "usagetype": usage,
    }
    return product(sku, "AmazonRDS", attributes, (price, "0", "Inf"))
