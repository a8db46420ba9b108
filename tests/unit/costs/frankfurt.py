"""AWS's answers for eu-central-1: its prices as far as they were found, stand-ins for the rest; imported by the test beside it.

What was found is in ``found_eu_central_1.csv`` (the shipped list of 2026-11), with its SKU and source. What no source gives has
a number of the tests' own, so that an environment in Frankfurt can be rehearsed whole; its rows name it as such, and no estimate
outside of the tests sees it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unit.costs import aws_answers as aws

from runbook_lib.costs import offers
from runbook_lib.costs.products import EVERYWHERE, Selector

REGION = "eu-central-1"
STAND_IN = "a stand-in of the tests' own and nobody's price"
STAND_INS = {
    "rds.pg.db.t3.medium.multi": "0.1990000000",
    "rds.storage.gp3.multi": "0.2990000000",
    "rds.backup": "0.0990000000",
    "rds.cpucredits": "0.0990000000",
    "alb.hour": "0.0290000000",
    "alb.lcu": "0.0090000000",
    "secrets.month": "0.4900000000",
    "secrets.api": "0.0000059000",
    "dt.internet": "0.0990000000",
    "dt.crossaz": "0.0190000000",
    "xray.recorded": "0.0000059000",
}


class Answers:
    """A price source that knows what was found for the region, and the stand-ins."""

    def __init__(self) -> None:
        file = Path(__file__).parent / "found_eu_central_1.csv"
        self.listed: dict[str, list[dict[str, str]]] = {}
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
            family, _, tier = row["key"].rpartition(".t")
            self.listed.setdefault(family if tier.isdigit() else row["key"], []).append(row)

    def products(self, selector: Selector, region: str) -> Iterator[offers.Product]:
        """Every product of the selector, as AWS would answer for the region."""
        assert region == REGION
        for key, rows in self.listed.items():
            if selector.stands_for(key):
                # A list that ends with a known tier says nothing of what is above; AWS always does.
                tiers = [(row["usd"], row["tier_begin"], row["tier_end"]) for row in rows]
                begin, end = ("0", "Inf")
                tiers = [(usd, begin if i == 0 else b, end if i == len(tiers) - 1 else e) for i, (usd, b, e) in enumerate(tiers)]
                yield self._answer(selector, key, rows[0]["sku"] or "NONE", tiers, rows[0]["source_1"])
        for i, (key, usd) in enumerate(STAND_INS.items()):
            if selector.stands_for(key):
                yield self._answer(selector, key, f"STANDIN{i}", [(usd, "0", "Inf")], STAND_IN)

    def _answer(self, selector: Selector, key: str, sku: str, tiers: list[Any], source: str) -> offers.Product:
        attributes = dict(selector.attributes)
        for name in selector.filled_from:
            before, _, after = selector.key.partition(f"{{{name}}}")
            attributes[name] = key.removeprefix(before).removesuffix(after)
        if "usagetype" in attributes:
            attributes["usagetype"] = f"EUC1-{attributes['usagetype']}"
        if selector.region_by != EVERYWHERE:
            attributes[selector.region_by] = REGION
        made = aws.product(sku, selector.service_code, attributes, *tiers, unit=selector.units[0], region=REGION)
        return offers.of_answer(aws.text(made), source=source, proof="recorded")
