"""Usage: a rate until something is assumed, then a range."""

from __future__ import annotations

import ast
import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError
from unit.costs.planned import TODAY, make, price

from runbook_lib import costs
from runbook_lib.costs import rules
from runbook_lib.costs.drivers import DRIVERS

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


QUEUE = "aws:sqs/queue:Queue"


def test_every_driver_that_a_rule_charges_for_is_known() -> None:
    """Read from the rules' source: a driver that nobody can give would stay "depends on usage" for ever."""
    calls = [
        node
        for path in sorted(Path(rules.__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Usage" and len(node.args) > 2
    ]
    named = {ast.literal_eval(call.args[2]) for call in calls if isinstance(call.args[2], ast.Constant)}
    assert len(named) > 80
    assert named <= DRIVERS.keys()
    by_service = {f"{service}_{end}" for service in ("docdb", "neptune") for end in ("gb", "ios", "backup_gb")}
    written = {"nlcu_hours", "glcu_hours", "lcu_hours", "sns_emails", "sns_posts"}
    assert DRIVERS.keys() == named | by_service | written


def test_a_driver_of_any_service_can_be_assumed_for_the_stack() -> None:
    """Two queues share 2,000,000 requests: 0.80."""
    usage = costs.UsageAssumptions.of({"sqs_requests": 2_000_000})
    estimate = price(make("sqs/queue:Queue", "a"), make("sqs/queue:Queue", "b"), usage=usage)
    assert usage_of(estimate, "sqs.standard").monthly == Decimal("0.8")


def test_what_is_said_more_closely_counts() -> None:
    """A type's is each one's, a name's that one's; the stack's is what the others share."""
    queues = [make("sqs/queue:Queue", name) for name in ("orders", "mails")]
    usage = costs.UsageAssumptions.of({QUEUE: {"sqs_requests": 1_000_000}, f"{QUEUE}::orders": {"sqs_requests": 5_000_000}})
    lines = {line.names: line.monthly for line in price(*queues, usage=usage).lines}
    assert lines == {("orders",): Decimal("2.0"), ("mails",): Decimal("0.4")}
    usage = costs.UsageAssumptions.of({"sqs_requests": 1_000_000, f"{QUEUE}::orders": {"sqs_requests": 5_000_000}})
    estimate = price(*queues, usage=usage)
    assert {line.names: line.monthly for line in estimate.lines} == {("orders",): Decimal("2.0"), ("mails",): Decimal("0.4")}
    assert estimate.usage is not None
    assert estimate.usage.expected == Decimal("2.4")
    only_one = price(*queues, usage=costs.UsageAssumptions.of({f"{QUEUE}::orders": {"sqs_requests": 5_000_000}}))
    shown = only_one.frame()
    assert "depends on usage: sqs_requests" in set(shown["Monthly"])
    assert "$2.00" in set(shown["Monthly"])


def test_an_assumption_that_meets_nothing_is_named() -> None:
    given = {f"{QUEUE}::order": {"sqs_requests": 1}, QUEUE: {"sqs_requests": 1, "nat_gb": 1}}
    estimate = price(make("sqs/queue:Queue", "orders"), usage=costs.UsageAssumptions.of(given))
    assert estimate.unmet == (f"{QUEUE}.nat_gb", f"{QUEUE}::order.sqs_requests")
    assert costs.unmet(estimate)[1] == f"usage: assumes {QUEUE}::order.sqs_requests, and nothing here is charged for it."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"aws:sqs/queue:Queu": {"sqs_requests": 1}}, "there is no price rule for aws:sqs/queue:Queu"),
        ({QUEUE: {"sqs_request": 1}}, f"{QUEUE}.sqs_request: no rule charges for that"),
        ({QUEUE: 5}, "Input should be a valid dictionary"),
        ({QUEUE: {"sqs_requests": -1}}, "0 <= low <= expected <= high does not hold"),
        ({"others": {"sqs_requests": 1}}, "others: no rule charges for that"),
        ({"each": {QUEUE: {"sqs_requests": 1}}}, "each: no rule charges for that"),
        ({"trace_share": 50}, "50 is more than all: a share is 0 to 1"),
        ({"sqs_requests": {"low": 3, "expected": 2, "high": 4}}, "does not hold"),
    ],
)
def test_a_closer_assumption_that_cannot_be_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        costs.UsageAssumptions.of(given)
    assert said in str(refused.value)


def test_what_either_rate_may_be_charged_for_counts_once() -> None:
    """A call runs on one of the functions: 1,000,000 at 0.20 by the dearer rate; a million requests go to one of the queues."""
    functions = [make("lambda/function:Function", name, architectures=[name]) for name in ("arm64", "x86_64")]
    estimate = price(*functions, usage=costs.UsageAssumptions.of({"api_requests": 1_000_000, "lambda_ms": 100}))
    calls = {line.key: line.monthly for line in estimate.lines if line.key.startswith("lambda.requests")}
    assert sorted(calls.values(), key=str) == [Decimal("0.2"), None]
    spent = [line.monthly for line in estimate.lines if line.key.startswith("lambda.gbs") and line.monthly]
    assert len(spent) == 1
    queues = [make("sqs/queue:Queue", "a"), make("sqs/queue:Queue", "b", fifoQueue=True)]
    both = price(*queues, usage=costs.UsageAssumptions.of({"sqs_requests": 1_000_000}))
    assert both.usage is not None
    assert both.usage.expected == Decimal("0.5")
    assert any(line.what == "SQS requests, standard, assumed as SQS requests, fifo" for line in both.lines)


def test_what_adds_up_is_charged_twice() -> None:
    """Log text is taken in and kept."""
    group = make("cloudwatch/logGroup:LogGroup", retentionInDays=30)
    usage = costs.UsageAssumptions.of({"api_requests": 1_048_576, "log_kb": 1})
    lines = [line for line in price(group, usage=usage).lines if line.driver == "log_gb"]
    assert len(lines) == 2
    assert all(line.monthly for line in lines)


def test_use_of_which_nothing_is_assumed_is_named_beside_the_band() -> None:
    estimate = price(make("ec2/natGateway:NatGateway"), usage=costs.UsageAssumptions.of({"api_requests": 5}))
    [within, _] = costs.affordable(estimate, budget=Decimal(100))
    assert "nothing is assumed of 2 of 2 drivers of use (internet_gb, nat_gb)" in within.message
    assert costs.unmet(estimate) == ("usage: assumes api_requests, and nothing here is charged for it.",)
    met = price(make("lambda/function:Function"), usage=costs.UsageAssumptions.of({"api_requests": 5}))
    assert met.unmet == ()  # it leads to calls of the function


def test_a_resource_of_another_cloud_is_not_passed_over() -> None:
    for token, complete in (("gcp:compute/instance:Instance", False), ("random:index/randomId:RandomId", True)):
        kind = make("ec2/eip:Eip")
        other = dataclasses.replace(kind, type=token, provider="urn:pulumi:providers:gcp::gcp::id")
        estimate = price(kind, other)
        assert estimate.complete is complete
        assert complete or "it is not AWS's" in estimate.unpriced[0].reason


def test_no_command_is_named_that_would_refuse() -> None:
    estimate = costs.estimate([make("ec2/natGateway:NatGateway")], region="cn-north-1", today=TODAY)
    assert {each.remedy for each in estimate.unpriced} == {""}
