"""The tables hold together: tokens are the provider's, keys are in the price list."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pulumi_aws

from runbook_lib.costs import free, prices
from runbook_lib.costs.rules import FAMILIES, RULES


def test_every_token_is_a_resource_of_the_provider() -> None:
    """A token with a typing error would price nothing, for ever and in silence."""
    files = Path(pulumi_aws.__file__).parent.glob("*/*.py")
    known = {token for file in files for token in re.findall(r"^ +'(aws:\w+/\w+:\w+)',$", file.read_text(), re.MULTILINE)}
    assert len(known) > 1500
    assert {*RULES, *free.free_types()} - known == set()


def test_most_of_the_prices_that_rules_name_are_shipped() -> None:
    """The rest is "not priced" and a refresh gets it; that each has a product, test_products holds."""
    listed = prices.shipped("us-east-1").rates
    keys = {key for area in FAMILIES for key in re.findall(r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)"', inspect.getsource(area))}
    assert len(keys) > 120
    assert len(keys & set(listed)) / len(keys) > 0.75


def test_free_tiers_name_listed_prices() -> None:
    tiers = free.free_tiers()
    assert len(tiers) == 14
    assert {tier.key for tier in tiers} <= set(prices.load("us-east-1").rates)


def test_rules_do_not_overlap() -> None:
    assert len(RULES) == sum(len(family.RULES) for family in FAMILIES)
