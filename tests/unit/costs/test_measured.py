"""What a stack used becomes assumptions that an environment file takes; what nothing was read of is never 0."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from runbook_lib.costs import UsageAssumptions, measured
from runbook_lib.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = date(2026, 11, 20)
FIRST = datetime(2026, 11, 18, tzinfo=UTC)
ARNS = [
    "arn:aws:apigateway:us-east-1::/restapis/abc123",
    "arn:aws:apigateway:us-east-1::/restapis/abc123/stages/v1",
    "arn:aws:ec2:us-east-1:1:natgateway/nat-1",
    "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/pay/50dc",
    "arn:aws:lambda:us-east-1:1:function:pay",
    "arn:aws:logs:us-east-1:1:log-group:/aws/lambda/pay:*",
    "arn:aws:logs:us-east-1:1:log-group:/flows",
    "arn:aws:sns:us-east-1:1:alarms",
]
SUMS = {
    ("Count", "payments"): [1000.0, 3000.0],
    ("RequestCount", "app/pay/50dc"): [0.0, 0.0],
    ("Invocations", "pay"): [1000.0, 3000.0],
    ("Duration", "pay"): [20000.0, 90000.0],
    ("BytesOutToDestination", "nat-1"): [1024.0**3, 1024.0**3],
    ("BytesOutToSource", "nat-1"): [0.0, 1024.0**3],
    ("IncomingBytes", "/aws/lambda/pay"): [2048000.0, 6144000.0],
    ("IncomingBytes", "/flows"): [1024.0**3, 1024.0**3],
}


class Watched:
    """An account whose CloudWatch answers in its own shape; metrics that nobody wrote have no values."""

    def __init__(self, status: str = "Complete", first: datetime = FIRST) -> None:
        self.asked: dict[str, Any] = {}
        self.status, self.first = status, first

    def pages(self, _service: str, operation: str, _key: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """Items of a paginated operation."""
        if operation == "describe_flow_logs":
            yield {"FlowLogId": "fl-1", "LogGroupName": "/flows"}
        elif operation == "get_rest_apis":
            yield from ({"id": "abc123", "name": "payments"}, {"id": "other", "name": "others"})
        else:
            self.asked = asked
            for query in asked["MetricDataQueries"]:
                metric = query["MetricStat"]["Metric"]
                values = SUMS.get((metric["MetricName"], metric["Dimensions"][0]["Value"]), [])
                moments = [self.first + timedelta(days=n) for n in range(len(values))]
                yield {"Id": query["Id"], "Timestamps": moments, "Values": values, "StatusCode": self.status}


def read() -> tuple[Watched, dict[str, dict[date, Decimal]]]:
    """What is read of it."""
    watched = Watched()
    return watched, measured.read(watched, ARNS, TODAY, 2)  # type: ignore[arg-type]


def test_a_month_at_the_pace_of_the_quietest_the_mean_and_the_busiest_day() -> None:
    found = measured.assumptions(read()[1])
    requests, nat = found["api_requests"], found["nat_gb"]
    assert (requests.low, requests.expected, requests.high) == (30417, 60833, 91250)  # 1000, 2000, 3000 x 730 / 24
    assert (nat.low, nat.high) == (Decimal("30.4167"), Decimal("60.8333"))  # both ways
    assert found["flow_log_gb"].expected == Decimal("30.4167")


def test_what_is_of_each_request_is_not_scaled_to_a_month() -> None:
    found = measured.assumptions(read()[1])
    assert (found["lambda_ms"].low, found["lambda_ms"].high) == (20, 30)
    assert (found["log_kb"].low, found["log_kb"].high) == (2, 2)


def test_only_full_days_are_read() -> None:
    window = read()[0].asked
    assert (window["StartTime"].date(), window["EndTime"]) == (date(2026, 11, 18), datetime(2026, 11, 20, tzinfo=UTC))


def test_the_block_is_one_that_an_environment_file_takes() -> None:
    text = measured.block(read()[1], 30)
    assumed = UsageAssumptions.of(yaml.safe_load(text)["usage"])
    assert assumed is not None
    assert assumed.api_requests is not None
    assert assumed.api_requests.expected == 60833
    assert assumed.alb_requests is not None
    assert assumed.alb_requests.high == 0  # measured to be none
    assert "2 of 30 days, 2026-11-18 to 2026-11-19" in text


def test_what_nothing_was_read_of_is_said_and_left_out() -> None:
    text = measured.block(read()[1], 30)
    left = text.splitlines()[-1]
    assert all(name in left for name in ("sns_requests", "kms_requests", "cpu_credit_hours", "alb_gb"))
    assert yaml.safe_load(text)["usage"].keys().isdisjoint({"sns_requests", "kms_requests", "cpu_credit_hours", "alb_gb"})
    nothing = measured.block({}, 30)
    assert yaml.safe_load(nothing) is None
    assert "nothing was read" in nothing


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_a_metric_that_is_not_told_is_not_taken_for_none(status: str) -> None:
    with pytest.raises(TargetError, match=f"Count of payments: {status}"):
        measured.read(Watched(status), ARNS, TODAY, 30)  # type: ignore[arg-type]


def test_a_day_on_which_nothing_happened_is_a_day() -> None:
    """CloudWatch has no figure of it: 4,000 calls in 30 days are 4,056 a month, not 60,833."""
    watched = Watched(first=datetime(2026, 10, 21, tzinfo=UTC))
    found = measured.assumptions(measured.read(watched, ARNS, TODAY, 30))["api_requests"]  # type: ignore[arg-type]
    assert (found.low, found.expected, found.high) == (0, 4056, 91250)


def test_the_day_a_stack_came_on_is_no_full_day() -> None:
    watched = Watched(first=datetime(2026, 11, 18, tzinfo=UTC))
    found = measured.read(watched, ARNS, TODAY, 30)  # type: ignore[arg-type]
    assert found["api_requests"] == {date(2026, 11, 19): 3000}
