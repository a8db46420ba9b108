"""Environments of the shipped program, priced from the shipped lists, byte by byte as recorded in ``tests/golden/costs``.

These files alone move with the shipped prices: every other test has its own (``tests/recorded_prices``). To renew them:
``RUNBOOK_TEST_RENEW=1 .venv/bin/python -m pytest tests/unit/stack/test_costs.py tests/unit/costs``, and read the difference.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from unit.costs.planned import GOLDEN, TODAY, Planned, golden

from runbook_lib import costs, settings
from runbook_lib.costs import prices

from .conftest import Recorded, build_stack

DATABASE = "aws:rds/instance:Instance"
NAT = ("aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip")

Resources = list[Recorded]


def database(**inputs: Any) -> Callable[[Resources], Resources]:
    """Give the database other inputs than the program does; ``None`` takes one away."""

    def changed(one: Recorded) -> Recorded:
        asked = {name: value for name, value in {**one.inputs, **inputs}.items() if value is not None}
        return dataclasses.replace(one, inputs=asked) if one.type == DATABASE else one

    return lambda resources: [changed(one) for one in resources]


def without(*types: str) -> Callable[[Resources], Resources]:
    return lambda resources: [one for one in resources if one.type not in types]


def as_built(resources: Resources) -> Resources:
    return resources


ENVIRONMENTS: dict[str, tuple[str, dict[str, str], Callable[[Resources], Resources]]] = {
    "staging": ("staging", {}, as_built),
    "production": ("production", {}, as_built),
    "frankfurt": ("staging", {"aws:region": "eu-central-1"}, as_built),
    "single-az": ("staging", {"multiAz": "false", "natPerZone": "false"}, as_built),
    # RDS takes PostgreSQL 13 only from who lets it enrol in Extended Support, which the program does not.
    "extended-support": ("staging", {"engineVersion": "13.23"}, database(engineLifecycleSupport=None)),
    "interface-endpoints": ("staging", {"interfaceEndpoints": "true"}, as_built),
    "no-nat": ("staging", {"interfaceEndpoints": "true"}, without(*NAT)),
    "large-storage": ("staging", {"allocatedStorage": "400", "maxAllocatedStorage": "800"}, database(iops=13000)),
}
"""By name: whose configuration, what else is asked for, and what is done to the resources."""


def planned(resources: Iterable[Recorded]) -> list[Planned]:
    """What the mock recorded, as a plan names and orders it."""
    found = [
        Planned(one.type, one.name, "create", one.inputs, one.provider.replace(":test::", ":staging::")) for one in resources
    ]
    return sorted(found, key=lambda one: one.urn)


@cache
def estimate(name: str) -> costs.Estimate:
    environment, overrides, change = ENVIRONMENTS[name]
    config = {key.removeprefix("payments:"): str(value) for key, value in settings.stack_config(environment).items()}
    stack = build_stack(**{**config, **overrides})
    region = overrides.get("aws:region", "us-east-1")
    return costs.estimate(planned(change(stack.resources)), region=region, today=TODAY, price_list=prices.shipped)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_costs_what_is_recorded(name: str) -> None:
    text = estimate(name).text()
    assert text == golden(name, text)


def test_nothing_recorded_is_of_no_environment() -> None:
    assert {file.stem for file in GOLDEN.glob("*.txt")} == {*ENVIRONMENTS, "assumed", "baseline"}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_is_not_known_is_named_and_no_line_of_0(name: str) -> None:
    found = estimate(name)
    assert all(line.monthly is None or line.monthly > 0 for line in found.lines)
    assert all(each.remedy for each in found.unpriced), "what a refresh does not bring is no rule's business here"


def test_staging_costs_what_it_did() -> None:
    found = estimate("staging")
    assert (found.fixed, found.complete) == (Decimal("255.3250"), True)


def test_frankfurts_database_is_named_and_how_to_get_its_price() -> None:
    found = estimate("frankfurt")
    assert found.regions == ("eu-central-1",)
    complete = costs.affordable(found, budget=Decimal(300))[1]
    assert "price rds.pg.db.t3.medium.multi in eu-central-1: not in the price list" in complete.message
    assert complete.remedy == "runbook prices refresh --region eu-central-1, for the missing prices."
