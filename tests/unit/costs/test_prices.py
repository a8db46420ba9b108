"""The price list: exact rates, honest gaps, tiers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from runbook_lib.costs import prices

LIST = prices.load("us-east-1")


@pytest.mark.parametrize(
    ("key", "usd", "unit"),
    [
        ("rds.pg.db.t3.medium.single", "0.072", "Hrs"),  # MySQL's is 0.068
        ("rds.pg.db.t3.medium.multi", "0.145", "Hrs"),
        ("rds.pg.db.t4g.small.single", "0.032", "Hrs"),
        ("rds.pg.db.t4g.small.multi", "0.065", "Hrs"),
        ("rds.storage.gp3.multi", "0.23", "GB-Mo"),
        ("nat.hour", "0.045", "Hrs"),
        ("ipv4.inuse", "0.005", "Hrs"),
        ("lambda.requests.arm", "0.0000002", "Requests"),
    ],
)
def test_rates_are_the_recorded_ones(key: str, usd: str, unit: str) -> None:
    rate = LIST.rate(key)
    assert rate is not None
    assert (rate.usd, rate.unit) == (Decimal(usd), unit)


@pytest.mark.parametrize("key", ["rds.pg.db.t4g.micro.multi", "rds.pg.db.t4g.medium.multi"])
def test_a_price_that_was_not_found_is_none_and_says_so(key: str) -> None:
    """A row without a price must not read as zero, nor be derived from the Single-AZ one."""
    assert LIST.rate(key) is None
    assert LIST.cost(key, Decimal(730)) is None
    assert "NOT FOUND in a reliable source" in LIST.why_missing(key)


def test_tiers_add_up() -> None:
    """333 million calls at 3.50 a million, the next 667 million at 2.80, from there on 2.38."""
    assert LIST.cost("apigw.rest", Decimal(400_000_000)) == Decimal("1165.50") + Decimal("187.60")
    assert LIST.cost("apigw.rest", Decimal(1_200_000_000)) == Decimal("1165.50") + Decimal("1867.60") + Decimal("476.00")


def test_free_allowances_are_not_deducted() -> None:
    """SNS's first million is free in the list (the tier begins there); the account may have spent it."""
    assert LIST.cost("sns.requests", Decimal(1_000_000)) == Decimal("0.50")


def test_a_quantity_beyond_the_known_tiers_has_no_price() -> None:
    assert LIST.cost("cw.metric", Decimal(10_000)) == Decimal(3000)
    assert LIST.cost("cw.metric", Decimal(10_001)) is None


def test_dates_and_confirmation_are_kept() -> None:
    rates = {key: LIST.rates[key][0] for key in ("nat.hour", "xray.recorded", "rds.pg.db.t3.medium.multi")}
    assert rates["nat.hour"].as_of == date(2026, 10, 7)
    assert rates["nat.hour"].age_days(date(2026, 11, 24)) == 48
    assert rates["xray.recorded"].as_of is None
    assert not rates["rds.pg.db.t3.medium.multi"].confirmed


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "../../prices"])
def test_a_region_without_a_list_has_no_prices(region: str) -> None:
    elsewhere = prices.load(region)
    assert elsewhere.rates == {}
    assert elsewhere.why_missing("nat.hour") == f"there is no price list for {region}"
