"""CloudWatch, SNS and budgets."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Rule, Usage
from runbook_lib.costs.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD_SECONDS = 60
_DELIVERIES = {
    "email": ("email deliveries", "sns.email", "sns_emails"),
    "email-json": ("email deliveries", "sns.email", "sns_emails"),
    "http": ("HTTP/S deliveries", "sns.http", "sns_posts"),
    "https": ("HTTP/S deliveries", "sns.http", "sns_posts"),
    "lambda": ("deliveries to Lambda and SQS", "sns.lambda_sqs", "sns_requests"),
    "sqs": ("deliveries to Lambda and SQS", "sns.lambda_sqs", "sns_requests"),
}


def metric_alarm(inputs: Inputs) -> Iterator[Item]:
    """Charged per metric it looks at; below a minute's resolution at three times the rate."""
    queries = inputs.objects("metricQueries")
    if queries is None:
        yield Gap("alarm", "its metrics are known only after the deployment")
        return
    metrics = [query.nested("metric") for query in queries if query.raw.get("metric")]
    periods = [metric.number("period") for metric in metrics] or [inputs.number("period")]
    fast = any(period is not None and period < _STANDARD_SECONDS for period in periods)
    key, what = ("cw.alarm.highres", "high-resolution alarm") if fast else ("cw.alarm.standard", "alarm")
    yield Fixed(what, key, Decimal(len(periods)))


def composite_alarm(_: Inputs) -> Iterator[Item]:
    """Charged as one."""
    yield Fixed("composite alarm", "cw.alarm.composite", Decimal(1))


def dashboard(_: Inputs) -> Iterator[Item]:
    """A dashboard, by the month."""
    yield Fixed("dashboard", "cw.dashboard", Decimal(1))


def log_group(_: Inputs) -> Iterator[Item]:
    """What goes in, and what stays: at 30 days' retention a month's logs are what stays."""
    yield Usage("log data ingested", "cw.logs.ingest", "log_gb")
    yield Usage("log data kept", "cw.logs.storage", "log_gb")


def metric_filter(_: Inputs) -> Iterator[Item]:
    """A custom metric: charged for the hours that have data, so this is the most it can cost."""
    yield Fixed("custom metric of a log filter, at most", "cw.metric", Decimal(1), Kind.CAPACITY)


def topic(_: Inputs) -> Iterator[Item]:
    """Messages published."""
    yield Usage("SNS requests", "sns.requests", "sns_requests")


def subscription(inputs: Inputs) -> Iterator[Item]:
    """Deliveries; the protocol decides the rate."""
    protocol = inputs.text("protocol")
    if protocol in _DELIVERIES:
        yield Usage(*_DELIVERIES[protocol])
    else:
        yield Gap(f"{protocol} deliveries", "they have no price here")


def budget(_: Inputs) -> Iterator[Item]:
    """Free without actions, which are a resource of their own."""
    yield Fixed("budget", "budgets.monitor", Decimal(1))


RULES: dict[str, Rule] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": metric_alarm,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": composite_alarm,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": metric_filter,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicSubscription:TopicSubscription": subscription,
    "aws:budgets/budget:Budget": budget,
}
