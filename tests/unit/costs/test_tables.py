"""The tables hold together: tokens are the provider's, keys are in the price list."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pulumi_aws

from runbook_lib.costs import estimator, prices
from runbook_lib.costs.rules import RULES, application, database, monitoring, network, storage

AREAS = (application, database, monitoring, network, storage)


def test_every_token_is_a_resource_of_the_provider() -> None:
    """A token with a typing error would price nothing, for ever and in silence."""
    files = Path(pulumi_aws.__file__).parent.glob("*/*.py")
    known = {token for file in files for token in re.findall(r"^ +'(aws:\w+/\w+:\w+)',$", file.read_text(), re.MULTILINE)}
    assert len(known) > 1500
    assert {*RULES, *estimator.free_types()} - known == set()


def test_every_price_key_that_a_rule_names_is_in_the_list() -> None:
    listed = prices.load("us-east-1").rates
    keys = {key for area in AREAS for key in re.findall(r'"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"', inspect.getsource(area))}
    assert len(keys) > 30
    assert keys <= set(listed)


def test_free_tiers_name_listed_prices() -> None:
    tiers = estimator.free_tiers()
    assert len(tiers) == 14
    assert {tier.key for tier in tiers} <= set(prices.load("us-east-1").rates)


def test_rules_do_not_overlap() -> None:
    assert len(RULES) == sum(len(area.RULES) for area in AREAS)
