"""CloudWatch, SNS and budgets."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Kind
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD_SECONDS = 60
_LIMITS_OF_A_BAND = 2
_DELIVERIES = {
    "email": ("email deliveries", "sns.email", "sns_emails"),
    "email-json": ("email deliveries", "sns.email", "sns_emails"),
    "http": ("HTTP/S deliveries", "sns.http", "sns_posts"),
    "https": ("HTTP/S deliveries", "sns.http", "sns_posts"),
    "lambda": ("deliveries to Lambda and SQS", "sns.lambda_sqs", "sns_requests"),
    "sqs": ("deliveries to Lambda and SQS", "sns.lambda_sqs", "sns_requests"),
}


def metric_alarm(inputs: Inputs) -> Iterator[Item]:
    """Charged per metric it looks at; below a minute's resolution at three times the rate.

    A band of expected values counts as two metrics more, its upper and its lower limit:
    https://aws.amazon.com/cloudwatch/pricing/, example of anomaly detection alarms.
    """
    queries = inputs.objects("metricQueries")
    if queries is None:
        yield Gap("alarm", "its metrics are known only after the deployment")
        return
    expressions = [query.text("expression") for query in queries]
    if any(expression.lstrip().upper().startswith("SELECT") for expression in expressions):
        yield Gap("alarm on a query", "it is charged for every metric that its SELECT finds")
        return
    metrics = [query.nested("metric") for query in queries if query.raw.get("metric")]
    periods = [metric.number("period") for metric in metrics] or [inputs.number("period")]
    bands = sum("ANOMALY_DETECTION_BAND" in expression for expression in expressions)
    fast = any(period is not None and period < _STANDARD_SECONDS for period in periods)
    key, what = ("cw.alarm.highres", "high-resolution alarm") if fast else ("cw.alarm.standard", "alarm")
    yield Fixed(what, key, Decimal(len(periods) + _LIMITS_OF_A_BAND * bands))


def log_group(inputs: Inputs) -> Iterator[Item]:
    """What goes in, and what stays: at 30 days' retention a month's logs are what stays."""
    kind = inputs.text("logGroupClass", "STANDARD")
    if kind == "STANDARD":
        yield Usage("log data ingested", "cw.logs.ingest", "log_gb")
    elif kind == "INFREQUENT_ACCESS":
        yield Usage("log data ingested, infrequent access", "cw.logs.ingest.ia", "log_gb")
    else:
        yield Gap("log data ingested", f"class {kind} has no price here")
    yield Usage("log data kept", "cw.logs.storage", "log_gb")


def topic(inputs: Inputs) -> Iterator[Item]:
    """Messages published; a FIFO topic's are charged by number and weight."""
    if inputs.flag("fifoTopic"):
        yield Gap("FIFO topic", "its messages and what they weigh have no price here")
    else:
        yield Usage("SNS requests", "sns.requests", "sns_requests")
    if inputs.text("tracingConfig") == "Active":
        yield Usage("traces recorded", "xray.recorded", "traces")


def subscription(inputs: Inputs) -> Iterator[Item]:
    """Deliveries; the protocol decides the rate."""
    protocol = inputs.text("protocol")
    if protocol in _DELIVERIES:
        yield Usage(*_DELIVERIES[protocol])
    else:
        yield Gap(f"{protocol} deliveries", "they have no price here")


def canary(inputs: Inputs) -> Iterator[Item]:
    """Runs, and the function, logs and objects that it makes."""
    yield Usage("canary runs", "cw.canary", "canary_runs")
    if inputs.nested("runConfig").flag("activeTracing"):
        yield Usage("traces recorded", "xray.recorded", "traces")


_DELIVERY_LOGS = {
    f"{protocol}{outcome}FeedbackRoleArn": f"logs of deliveries, {protocol}"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for outcome in ("Success", "Failure")
}

RULES = table(
    Priced(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        metric_alarm,
        "period metricQueries thresholdMetricId",
        {"evaluationCriteria": "alarm on PromQL"},
    ),
    Priced("aws:cloudwatch/compositeAlarm:CompositeAlarm", plain(Fixed("composite alarm", "cw.alarm.composite", Decimal(1)))),
    Priced("aws:cloudwatch/dashboard:Dashboard", plain(Fixed("dashboard", "cw.dashboard", Decimal(1)))),
    Priced("aws:cloudwatch/logGroup:LogGroup", log_group, "logGroupClass retentionInDays"),
    Priced(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        # Charged for the hours that have data, so this is the most it can cost.
        plain(Fixed("custom metric of a log filter, at most", "cw.metric", Decimal(1), Kind.CAPACITY)),
        "metricTransformation metricTransformation.name metricTransformation.namespace",
        {"metricTransformation.dimensions": "a metric for every value of the filter's dimensions"},
    ),
    Priced(
        "aws:cloudwatch/metricStream:MetricStream",
        plain(Usage("metric updates streamed", "cw.metricstream", "metric_updates")),
        "includeFilters excludeFilters statisticsConfigurations includeLinkedAccountsMetrics",
    ),
    Priced("aws:synthetics/canary:Canary", canary, "schedule runConfig"),
    Priced(
        "aws:amp/workspace:Workspace",
        plain(Gap("Prometheus samples", "samples ingested, stored and queried have no price here")),
        "",
        {"loggingConfiguration": "logs of the workspace"},
    ),
    Priced(
        "aws:grafana/workspace:Workspace",
        plain(
            Usage("Grafana editors", "grafana.editor", "grafana_editors"),
            Usage("Grafana viewers", "grafana.viewer", "grafana_viewers"),
        ),
    ),
    Priced(
        "aws:sns/topic:Topic",
        topic,
        "fifoTopic tracingConfig",
        _DELIVERY_LOGS | {"archivePolicy": "the archive of messages"},
    ),
    Priced("aws:sns/topicSubscription:TopicSubscription", subscription, "protocol", {"replayPolicy": "messages replayed"}),
    Priced("aws:budgets/budget:Budget", plain(Fixed("budget", "budgets.monitor", Decimal(1)))),
    Priced(
        "aws:budgets/budgetAction:BudgetAction",
        plain(Gap("budget with actions", "the first two are free, and further ones have no price here")),
        "actionType",
    ),
)
