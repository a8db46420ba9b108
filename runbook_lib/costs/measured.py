"""What a running stack used lately, by CloudWatch's daily figures, as assumptions for its environment file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runbook_lib.costs.model import HOURS
from runbook_lib.costs.usage import Assumption, UsageAssumptions
from runbook_lib.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runbook_lib.aws import Aws

Daily = dict[date, Decimal]

_DAY = 86_400
_GB, _KB = Decimal(1024**3), Decimal(1024)
_MONTH = HOURS / 24
_CREDITS_PER_VCPU_HOUR = Decimal(60)
_AT_ONCE = 500  # queries that GetMetricData takes in one request


@dataclass(frozen=True)
class Metric:
    """A metric of CloudWatch's, its dimension, and how that is read off an ARN.

    Attributes:
        marker: What stands in the ARN before the dimension's value.
        prefix: What the dimension's value begins with beyond that.
    """

    quantity: str
    namespace: str
    name: str
    dimension: str
    marker: str
    prefix: str = ""


METRICS = (
    Metric("api_requests", "AWS/ApiGateway", "Count", "ApiName", "/restapis/"),
    Metric("alb_requests", "AWS/ApplicationELB", "RequestCount", "LoadBalancer", ":loadbalancer/app/", "app/"),
    Metric("alb_bytes", "AWS/ApplicationELB", "ProcessedBytes", "LoadBalancer", ":loadbalancer/app/", "app/"),
    Metric("calls", "AWS/Lambda", "Invocations", "FunctionName", ":function:"),
    Metric("milliseconds", "AWS/Lambda", "Duration", "FunctionName", ":function:"),
    # A gateway is charged for what it passes on, either way.
    Metric("nat_bytes", "AWS/NATGateway", "BytesOutToDestination", "NatGatewayId", ":natgateway/"),
    Metric("nat_bytes", "AWS/NATGateway", "BytesOutToSource", "NatGatewayId", ":natgateway/"),
    Metric("log_bytes", "AWS/Logs", "IncomingBytes", "LogGroupName", ":log-group:"),
    Metric("credits", "AWS/RDS", "CPUSurplusCreditsCharged", "DBInstanceIdentifier", ":db:"),
    Metric("sns_requests", "AWS/SNS", "NumberOfMessagesPublished", "TopicName", ":sns:"),
)


def read(aws: Aws, arns: Iterable[str], today: date, days: int) -> dict[str, Daily]:
    """The daily sums of the full days before ``today``, per quantity; one that CloudWatch has nothing of is left out.

    What is counted is published only when something happens: a day without a figure, between days of the stack, is 0.

    Args:
        aws: The target's.
        arns: The stack's resources.
        today: Today's date, UTC; it is not over and not read.
        days: How many days back.

    Raises:
        ClientError, BotoCoreError: AWS does not say.
        TargetError: It does not say it of one metric.
    """
    found = list(arns)
    flows = {each.get("LogGroupName", "") for each in aws.pages("ec2", "describe_flow_logs", "FlowLogs")}
    names = {each["id"]: each["name"] for each in aws.pages("apigateway", "get_rest_apis", "items")}
    asked = [(metric, value) for metric in METRICS for value in _values(metric, found, names)]
    end = datetime.combine(today, time(), UTC)
    window = {"StartTime": end - timedelta(days=days), "EndTime": end}
    sums: dict[str, Daily] = defaultdict(lambda: defaultdict(Decimal))
    for first in range(0, len(asked), _AT_ONCE):
        batch = asked[first : first + _AT_ONCE]
        queries = [_query(f"q{number}", metric, value) for number, (metric, value) in enumerate(batch)]
        for series in aws.pages("cloudwatch", "get_metric_data", "MetricDataResults", MetricDataQueries=queries, **window):
            metric, value = batch[int(series["Id"][1:])]
            if series.get("StatusCode") in {"InternalError", "Forbidden"}:
                raise TargetError(f"CloudWatch does not say the {metric.name} of {value}: {series['StatusCode']}")
            quantity = "flow_log_bytes" if metric.quantity == "log_bytes" and value in flows else metric.quantity
            for moment, amount in zip(series["Timestamps"], series["Values"], strict=True):
                sums[quantity][moment.astimezone(UTC).date()] += Decimal(str(amount))
    # A stack that came in between was there for a part of its first day only.
    came = min((day for daily in sums.values() for day in daily), default=today)
    begin = max(window["StartTime"].date(), came + timedelta(days=came > window["StartTime"].date()))
    full = [begin + timedelta(days=number) for number in range((today - begin).days)]
    return {name: {day: daily.get(day, Decimal(0)) for day in full} for name, daily in sums.items() if full}


def _values(metric: Metric, arns: Iterable[str], names: Mapping[str, str]) -> list[str]:
    ends = {arn.partition(metric.marker)[2].removesuffix(":*") for arn in arns if metric.marker in arn}
    if metric.namespace == "AWS/ApiGateway":  # the ARN has the id, also of its stages; the metric goes by the name
        return sorted({names[id_] for id_ in (end.partition("/")[0] for end in ends) if id_ in names})
    if metric.namespace == "AWS/SNS":
        return sorted(end.split(":")[2] for end in ends if end.count(":") == 2)  # noqa: PLR2004 - region, account, topic
    return sorted(metric.prefix + end for end in ends)


def _query(id_: str, metric: Metric, value: str) -> dict[str, Any]:
    dimensions = [{"Name": metric.dimension, "Value": value}]
    asked = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    return {"Id": id_, "MetricStat": {"Metric": asked, "Period": _DAY, "Stat": "Sum"}}


def assumptions(sums: Mapping[str, Daily]) -> dict[str, Assumption]:
    """Per driver a month at the pace of the quietest, the mean and the busiest day; what nothing was read of is left out."""
    requests: Daily = defaultdict(Decimal)
    for name in ("api_requests", "alb_requests"):
        for day, count in sums.get(name, {}).items():
            requests[day] += count
    a_month = {
        "api_requests": sums.get("api_requests", {}),
        "alb_requests": sums.get("alb_requests", {}),
        "alb_gb": _scaled(sums, "alb_bytes", 1 / _GB),
        "nat_gb": _scaled(sums, "nat_bytes", 1 / _GB),
        "flow_log_gb": _scaled(sums, "flow_log_bytes", 1 / _GB),
        "cpu_credit_hours": _scaled(sums, "credits", 1 / _CREDITS_PER_VCPU_HOUR),
        "sns_requests": sums.get("sns_requests", {}),
    }
    each = {
        "lambda_ms": _ratio(sums.get("milliseconds", {}), sums.get("calls", {})),
        "log_kb": _ratio(_scaled(sums, "log_bytes", 1 / _KB), requests),
    }
    found = {name: _spread(daily, _MONTH) for name, daily in a_month.items() if daily}
    return found | {name: _spread(daily, Decimal(1)) for name, daily in each.items() if daily}


def _scaled(sums: Mapping[str, Daily], name: str, factor: Decimal) -> Daily:
    return {day: amount * factor for day, amount in sums.get(name, {}).items()}


def _ratio(amounts: Daily, counts: Mapping[date, Decimal]) -> Daily:
    return {day: amount / counts[day] for day, amount in amounts.items() if counts.get(day)}


def _spread(daily: Daily, factor: Decimal) -> Assumption:
    values = [value * factor for value in daily.values()]
    mean = sum(values, Decimal(0)) / len(values)
    low, expected, high = (_short(value) for value in (min(values), mean, max(values)))
    return Assumption(low=low, expected=expected, high=high)


def _short(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value >= 1000 else value.quantize(Decimal("0.0001"))  # noqa: PLR2004 - whole ones


def block(sums: Mapping[str, Daily], days: int) -> str:
    """The YAML for the environment file, with what it could not know as comments."""
    found = assumptions(sums)
    seen = sorted({day for daily in sums.values() for day in daily})
    head = f"# by CloudWatch, {len(seen)} of {days} days" + (f", {seen[0]} to {seen[-1]}" if seen else "")
    lines = [f"  {name}: {{low: {a.low:f}, expected: {a.expected:f}, high: {a.high:f}}}" for name, a in found.items()]
    missing = [name for name in UsageAssumptions.model_fields if name not in found]
    empty = [] if lines else ["# nothing was read: no usage to assume"]
    said = f"# not known from metrics, so left out (their lines keep a price per unit): {', '.join(missing)}"
    return "\n".join([head, *(["usage:", *lines] if lines else empty), said])
