"""M1, M2, M3: logs are encrypted and expire; every alarm reaches somebody; the dashboard shows the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .conftest import ACCOUNT, statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Stack

REQUIRED = {
    "AWS/RDS": {"CPUUtilization", "FreeStorageSpace", "DatabaseConnections"},
    "AWS/Lambda": {"Errors", "Throttles", "Duration"},
    "AWS/ApiGateway": {"4XXError", "5XXError"},
    "AWS/ApplicationELB": {"HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "UnHealthyHostCount"},
    "Payments": {"DatabaseUnavailable", "AuditStoreUnavailable", "SecretUnreadable", "TimeNearlyOut"},
}


def test_every_log_group_is_encrypted_and_kept_for_thirty_days(stack: Stack) -> None:
    key = f"{stack.one('kms:Key', 'operations').id}.arn"
    groups = stack.of("cloudwatch:LogGroup")
    assert len(groups) == 7
    assert {(one.inputs["kmsKeyId"], one.inputs["retentionInDays"]) for one in groups} == {(key, 30)}


def test_every_service_has_its_alarms(stack: Stack) -> None:
    found: dict[str, set[str]] = {}
    for one in stack.of("cloudwatch:MetricAlarm"):
        found.setdefault(one.inputs["namespace"], set()).add(one.inputs["metricName"])
    assert found == REQUIRED


def test_every_alarm_tells_the_topic_when_it_comes_and_when_it_goes(stack: Stack) -> None:
    topic = [f"{stack.one('sns:Topic').id}.arn"]
    silent = [
        one.name
        for one in stack.of("cloudwatch:MetricAlarm")
        if one.inputs.get("alarmActions") != topic or one.inputs.get("okActions") != topic
    ]
    assert silent == []


def test_every_alarm_says_what_silence_means_and_what_it_is_about(stack: Stack) -> None:
    alarms = [one.inputs for one in stack.of("cloudwatch:MetricAlarm")]
    assert all(one["treatMissingData"] in {"breaching", "notBreaching", "missing"} for one in alarms)
    assert {one["treatMissingData"] for one in alarms if one["namespace"] == "AWS/RDS"} == {"breaching"}
    assert all(one["alarmDescription"] for one in alarms)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("database-cpu", {"DBInstanceIdentifier": "payments-db-staging-t1"}),
        ("payments-errors", {"FunctionName": "payments-staging-t1"}),
        ("payments-database-unavailable", {"service": "payments", "function_name": "payments-staging-t1"}),
        ("api-5xx", {"ApiName": "payments-staging-t1", "Stage": "staging"}),
        (
            "alb-unhealthy",
            {
                "LoadBalancer": "aws:lb/loadBalancer:LoadBalancer::payments.arnSuffix",
                "TargetGroup": "aws:lb/targetGroup:TargetGroup::payments.arnSuffix",
            },
        ),
    ],
)
def test_an_alarm_watches_this_stacks_resource(stack: Stack, name: str, expected: dict[str, str]) -> None:
    assert stack.one("cloudwatch:MetricAlarm", name).inputs["dimensions"] == expected


def test_thresholds_follow_the_configuration(build: Callable[..., Stack]) -> None:
    stack = build(allocatedStorage="100", lambdaTimeoutSeconds="10", databaseConnectionsLimit="50")
    threshold = {one.name: one.inputs["threshold"] for one in stack.of("cloudwatch:MetricAlarm")}
    assert threshold["database-storage"] == 15 * 1024**3
    assert threshold["database-connections"] == 40
    assert threshold["payments-duration"] == 8000


def test_free_storage_alarms_when_it_falls(stack: Stack) -> None:
    comparisons = {one.name: one.inputs["comparisonOperator"] for one in stack.of("cloudwatch:MetricAlarm")}
    assert [name for name, how in comparisons.items() if how == "LessThanThreshold"] == ["database-storage"]


def test_the_topic_is_encrypted_and_takes_only_this_accounts_alarms(stack: Stack) -> None:
    topic = stack.one("sns:Topic")
    assert topic.inputs["kmsMasterKeyId"] == f"{stack.one('kms:Key', 'operations').id}.arn"
    [statement] = statements(stack.one("sns:TopicPolicy"))
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_an_address_is_subscribed_if_there_is_one(stack: Stack, build: Callable[..., Stack]) -> None:
    assert not [one for one in stack.aws if one.type.endswith(":TopicSubscription")]
    subscription = build(alarmEmail="on@call.example").one("sns:TopicSubscription").inputs
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "on@call.example")


def test_the_dashboard_shows_every_alarm_and_its_metric(stack: Stack) -> None:
    widgets = json.loads(stack.one("cloudwatch:Dashboard").inputs["dashboardBody"])["widgets"]
    alarms = stack.of("cloudwatch:MetricAlarm")
    [states] = [one["properties"]["alarms"] for one in widgets if one["type"] == "alarm"]
    assert {arn.rpartition(":")[2] for arn in states} == {one.inputs["name"] for one in alarms}
    shown = {tuple(one["properties"]["metrics"][0][:2]) for one in widgets if one["type"] == "metric"}
    assert shown == {(one.inputs["namespace"], one.inputs["metricName"]) for one in alarms}


def test_no_two_widgets_overlap(stack: Stack) -> None:
    widgets = json.loads(stack.one("cloudwatch:Dashboard").inputs["dashboardBody"])["widgets"]
    cells = [(one["x"] + dx, one["y"] + dy) for one in widgets for dx in range(one["width"]) for dy in range(one["height"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
