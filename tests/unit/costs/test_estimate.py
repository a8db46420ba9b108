"""The whole estimate: the baseline's known sum, and that nothing gets lost on the way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.costs.planned import BASELINE, UNKNOWN, Planned, golden, make, price

from runbook_lib import costs
from runbook_lib.costs.free import free_types
from runbook_lib.costs.rules import RULES


def test_the_baseline_costs_what_was_worked_out_by_hand() -> None:
    """98.55 NAT + 21.90 addresses + 105.85 + 4.60 database + 16.425 balancer + 1.00 key + 0.40 secret."""
    estimate = price(*BASELINE)
    assert estimate.fixed == Decimal("248.725")
    assert estimate.total == estimate.fixed
    assert estimate.complete
    assert costs.dollars(estimate.total) == "$248.73"


def test_the_baseline_reads_as_recorded() -> None:
    text = price(*BASELINE).text()
    assert text == golden("baseline", text)


def test_an_assumed_and_incomplete_estimate_reads_as_recorded() -> None:
    stack = [
        *BASELINE,
        make("gamelift/fleet:Fleet", "fleet"),
        make("lambda/function:Function", "payments", memorySize=512, tracingConfig={"mode": "Active"}),
        make("apigateway/restApi:RestApi", "api"),
        *(make("cloudwatch/metricAlarm:MetricAlarm", f"alarm-{i}", period=300) for i in range(12)),
    ]
    usage = costs.UsageAssumptions.model_validate(
        {"api_requests": {"low": 100_000, "expected": 1_000_000, "high": 5_000_000}, "lambda_ms": 120, "trace_share": "0.05"}
    )
    text = price(*stack, usage=usage).text()
    assert text == golden("assumed", text)


TYPES = st.sampled_from([*RULES, *free_types(), "aws:gamelift/fleet:Fleet", "aws-native:eks:Cluster", "random:index:Id"])
INPUTS = st.dictionaries(
    st.sampled_from(["engine", "multiAz", "subnets", "rules", "period", "metricQueries", "vpcEndpointType", "protocol"]),
    st.none()
    | st.booleans()
    | st.just(UNKNOWN)
    | st.lists(st.none() | st.just(UNKNOWN) | st.dictionaries(st.sampled_from(["metric", "transitions"]), st.none())),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(TYPES, INPUTS), max_size=12), region=st.sampled_from(["us-east-1", "eu-west-1"]))
def test_every_resource_is_priced_free_or_named(plan: list[tuple[str, dict[str, Any]]], region: str) -> None:
    """Whatever the plan holds, with whatever inputs: priced + free + not priced + outside = all of it."""
    plan = [Planned(token, f"r{i}", "create", inputs) for i, (token, inputs) in enumerate(plan)]
    estimate = price(*plan, region=region)
    seen = {urn for line in estimate.lines for urn in line.urns}
    seen |= {entry.urn for entry in (*estimate.free, *estimate.unpriced)}
    assert seen == {r.urn for r in plan if r.type.startswith("aws")}
    assert sum(estimate.outside.values()) == sum(r.type.startswith("random") for r in plan)


def test_an_unknown_type_is_named_and_makes_the_estimate_incomplete() -> None:
    estimate = price(make("gamelift/fleet:Fleet", "fleet"))
    assert [(x.name, x.reason) for x in estimate.unpriced] == [("fleet", "no price rule for this type")]
    assert not estimate.complete


@pytest.mark.parametrize(("op", "counted"), [("create", 1), ("same", 1), ("replace", 1), ("delete", 0), ("read", 0)])
def test_only_what_stays_and_is_ours_is_counted(op: str, counted: int) -> None:
    assert len(price(make("ec2/eip:Eip", op=op)).lines) == counted


def test_a_replacement_is_counted_once() -> None:
    """Pulumi reports several operations on the URN of a replaced resource."""
    ops = ("create-replacement", "replace", "delete-replaced")
    assert price(*(make("ec2/eip:Eip", op=op) for op in ops)).fixed == Decimal("3.650")


def test_another_region_has_no_prices_and_no_sum() -> None:
    estimate = price(*BASELINE, region="eu-west-1")
    assert (estimate.lines, estimate.complete) == ((), False)
    assert {x.reason for x in estimate.unpriced} == {"there is no price list for eu-west-1"}
    assert estimate.frame().iloc[-1]["Monthly"] == "not priced"
    assert "$0.00" not in estimate.text()


def test_the_table_ends_with_the_total() -> None:
    frame = price(*BASELINE).frame()
    assert frame.iloc[-1]["Service"] == "TOTAL (fixed, without usage)"
    assert frame.iloc[-1]["Monthly"] == "$248.73"
    nat = frame[frame["What"] == "NAT gateway"].iloc[0]
    assert (nat["Resource"], nat["Quantity"], nat["Monthly"]) == ("3 resources", "2,190", "$98.55")


def test_the_picture_has_a_bar_per_service_dearest_on_top() -> None:
    axes = price(*BASELINE).figure().axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["Secrets Manager", "KMS", "Load balancer", "VPC (IPv4, endpoints)", "NAT gateways", "RDS"]
    assert [text.get_text() for text in axes.texts][-1] == "$110.45"
    assert axes.get_title(loc="left") == "$248.73 a month in us-east-1 (fixed, without usage)"


@pytest.mark.parametrize(("amount", "shown"), [("248.725", "$248.73"), ("-0.005", "-$0.01"), ("1234.5", "$1,234.50")])
def test_cents_are_rounded_half_up(amount: str, shown: str) -> None:
    assert costs.dollars(Decimal(amount)) == shown


def test_an_estimate_survives_its_record() -> None:
    """Decimals are written as text, so no cent is lost in a result file."""
    estimate = price(*BASELINE)
    assert costs.Estimate.model_validate_json(estimate.model_dump_json()) == estimate
