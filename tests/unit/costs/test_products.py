"""Every price that is asked for can be found: rules, lists and the table of products name the same keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runbook_lib.costs import prices, products, rules

KEY = re.compile(r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)"')
NO_KEYS = {"db.serverless", "free_properties.csv", "m4.large.search", "mw1.small", "t3.medium"}
"""What looks like a key in the rules and is none: a file, and sizes that AWS takes where none is given."""
NOT_REFRESHED = {"ce.api", "dt.internet.free"}
"""What no rule asks for: a call of Cost Explorer, and the account's own allowance."""


def named_by_rules() -> set[str]:
    folder = Path(rules.__file__).parent
    return {key for file in folder.rglob("*.py") for key in KEY.findall(file.read_text(encoding="utf-8"))} - NO_KEYS


def without_a_product(keys: set[str]) -> set[str]:
    return {key for key in keys if not any(selector.stands_for(key) for selector in products.selectors())}


def test_every_price_that_a_rule_names_has_a_product() -> None:
    assert len(named_by_rules()) > 30
    assert without_a_product(named_by_rules()) == set()


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_every_shipped_price_can_be_renewed(region: str) -> None:
    found = prices.shipped(region)
    assert len(found.rates) > 30
    assert without_a_product({*found.rates, *found.missing}) <= NOT_REFRESHED


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_every_shipped_price_has_its_source(region: str) -> None:
    assert all(tier.source for tiers in prices.shipped(region).rates.values() for tier in tiers)


def test_units_are_those_of_the_shipped_list() -> None:
    """A rule's quantity is in the list's unit: a refreshed row in another would be priced wrong."""
    found = prices.shipped("us-east-1").rates
    for selector in products.selectors():
        for key in (key for key in found if selector.stands_for(key)):
            assert {tier.unit for tier in found[key]} == {selector.units[0]}, key
