"""Usage: a rate until something is assumed, then a range."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError
from unit.costs.planned import make, price

from runbook_lib import costs

USAGE = {"api_requests": {"low": 0, "expected": 1_000_000, "high": 2_000_000}}


def usage_of(estimate: costs.Estimate, key: str) -> costs.Line:
    return next(line for line in estimate.lines if line.key == key and line.kind == "usage")


def test_without_assumptions_usage_is_a_rate_and_not_in_the_total() -> None:
    estimate = price(make("ec2/natGateway:NatGateway"))
    line = usage_of(estimate, "nat.gb")
    assert (line.monthly, line.unit_price, estimate.usage) == (None, Decimal("0.045"), None)
    assert estimate.total == Decimal("32.850")


def test_assumed_usage_is_charged_once_however_many_share_it() -> None:
    """100 GB through three gateways are 100 GB: 4.50."""
    gateways = [make("ec2/natGateway:NatGateway", zone) for zone in "abc"]
    estimate = price(*gateways, usage=costs.UsageAssumptions.model_validate({"nat_gb": 100}))
    line = usage_of(estimate, "nat.gb")
    assert (line.monthly, len(line.urns)) == (Decimal("4.500"), 3)
    assert estimate.total == Decimal("98.550") + Decimal("4.500")


def test_requests_lead_to_lambda_time() -> None:
    """1,000,000 x 0.2 s x 0.5 GB = 100,000 GB-s at 0.0000166667; and a million requests at 0.20."""
    usage = costs.UsageAssumptions.model_validate({**USAGE, "lambda_ms": 200})
    estimate = price(make("lambda/function:Function", memorySize=512), usage=usage)
    assert usage_of(estimate, "lambda.gbs.x86").monthly == Decimal("1.66667")
    assert usage_of(estimate, "lambda.requests.x86").monthly == Decimal("0.2")


def test_low_and_high_are_kept_apart() -> None:
    estimate = price(make("apigateway/restApi:RestApi"), usage=costs.UsageAssumptions.model_validate(USAGE))
    assert estimate.usage is not None
    assert (estimate.usage.low, estimate.usage.expected, estimate.usage.high) == (0, Decimal("3.5"), Decimal(7))


def test_the_dearer_dimension_makes_the_capacity_units() -> None:
    """9,000,000 connections / 90,000 = 100 units; 20 GB / 0.4 = 50 units."""
    usage = costs.UsageAssumptions.model_validate({"alb_requests": 9_000_000, "alb_gb": 20})
    estimate = price(make("lb/loadBalancer:LoadBalancer", internal=True), usage=usage)
    assert usage_of(estimate, "alb.lcu").monthly == Decimal("0.8")


def test_what_was_not_assumed_stays_open() -> None:
    estimate = price(make("lambda/function:Function"), usage=costs.UsageAssumptions.model_validate(USAGE))
    assert usage_of(estimate, "lambda.gbs.x86").monthly is None


def test_usage_beyond_the_known_tiers_is_not_priced() -> None:
    usage = costs.UsageAssumptions.model_validate({"custom_metrics": 20_000})
    estimate = price(make("lambda/function:Function"), usage=usage)
    assert "beyond the known tiers" in estimate.unpriced[0].reason


def test_a_range_out_of_order_is_refused() -> None:
    with pytest.raises(ValidationError, match="low <= expected <= high does not hold"):
        costs.UsageAssumptions.model_validate({"nat_gb": {"low": 5, "expected": 1, "high": 9}})


def test_a_misspelled_assumption_is_refused() -> None:
    with pytest.raises(ValidationError, match="nat_gbs"):
        costs.UsageAssumptions.model_validate({"nat_gbs": 1})
