"""Breaks of log groups, alarms, dashboard and topic."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from integration.mutations.live import Live, Mutation, after, reversal, swap

from runbook_lib.snapshot.cloudwatch import Alarms, Dashboard
from runbook_lib.snapshot.logs import LogGroups
from runbook_lib.snapshot.sns import Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[], object]

SETTINGS = (
    "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions", "MetricName",
    "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm",
    "Threshold", "ComparisonOperator", "TreatMissingData",
)  # fmt: skip


def alarm_named(live: Live, key: str) -> dict[str, Any]:
    """What it takes to put an alarm again."""
    outputs = live.outputs
    name = f"payments-{key}-{outputs.environment}-{outputs.suffix}"
    [found] = live.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return {setting: found[setting] for setting in SETTINGS if found.get(setting) not in (None, "", [])}


def alarm_changed(live: Live, key: str, **changes: Any) -> Mend:
    """Put an alarm with other settings."""
    before = alarm_named(live, key)
    return swap(live.client("cloudwatch").put_metric_alarm, before | changes, before)


def elsewhere(live: Live, key: str, dimension: str) -> Mend:
    """Let an alarm watch another stack's resource."""
    before = alarm_named(live, key)["Dimensions"]
    return alarm_changed(live, key, Dimensions=[d | ({"Value": "another"} if d["Name"] == dimension else {}) for d in before])


def alarm_deleted(live: Live) -> Mend:
    """Delete an alarm."""
    cloudwatch, before = live.client("cloudwatch"), alarm_named(live, "schema-errors")
    arn = cloudwatch.describe_alarms(AlarmNames=[before["AlarmName"]])["MetricAlarms"][0]["AlarmArn"]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
    cloudwatch.delete_alarms(AlarmNames=[before["AlarmName"]])
    return partial(cloudwatch.put_metric_alarm, **before, Tags=tags)


def actions_off(live: Live) -> Mend:
    """Switch an alarm's actions off."""
    cloudwatch = live.client("cloudwatch")
    return reversal(cloudwatch.disable_alarm_actions, cloudwatch.enable_alarm_actions, AlarmNames=[live.outputs.alarm_names[0]])


def widget_removed(live: Live) -> Mend:
    """Take the last widget off the dashboard."""
    cloudwatch, name = live.client("cloudwatch"), live.outputs.dashboard_name
    before = cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
    body = json.loads(before)
    body["widgets"] = body["widgets"][:-1]
    return swap(cloudwatch.put_dashboard, {"DashboardBody": json.dumps(body)}, {"DashboardBody": before}, DashboardName=name)


def topic(live: Live, attribute: str, bad: str, good: str) -> Mend:
    """Set an attribute of the topic."""
    return swap(
        live.client("sns").set_topic_attributes, {"AttributeValue": bad}, {"AttributeValue": good},
        TopicArn=live.outputs.topic_arn, AttributeName=attribute,
    )  # fmt: skip


def topic_for_all(live: Live) -> Mend:
    """Let everybody publish."""
    before = live.client("sns").get_topic_attributes(TopicArn=live.outputs.topic_arn)["Attributes"]["Policy"]
    policy = json.loads(before)
    everybody = {"Sid": "All", "Effect": "Allow", "Action": "sns:Publish", "Principal": "*", "Resource": live.outputs.topic_arn}
    policy["Statement"].append(everybody)
    return topic(live, "Policy", json.dumps(policy), before)


def upgrade_log(live: Live) -> str:
    """A log group that no other check than those of log groups looks at."""
    return next(name for name in live.outputs.log_group_names if name.endswith("/upgrade"))


def retention(live: Live) -> Mend:
    """Keep a log for 14 days."""
    bad, good = ({"retentionInDays": days} for days in (14, 30))
    return swap(live.client("logs").put_retention_policy, bad, good, logGroupName=upgrade_log(live))


def log_deleted(live: Live) -> Mend:
    """Delete a log group."""
    logs, name = live.client("logs"), upgrade_log(live)
    before = live.healthy.read(LogGroups).by_name[name]
    logs.delete_log_group(logGroupName=name)
    again = partial(logs.create_log_group, logGroupName=name, kmsKeyId=before.key_arn, tags=dict(before.tags))
    return after(again, partial(logs.put_retention_policy, logGroupName=name, retentionInDays=30))


def log_with_default_key(live: Live) -> Mend:
    """Make a log group anew without a key; the emulator cannot take the key of one that is there."""
    logs, name = live.client("logs"), upgrade_log(live)
    back = log_deleted(live)
    logs.create_log_group(logGroupName=name, tags=dict(live.healthy.read(LogGroups).by_name[name].tags))
    logs.put_retention_policy(logGroupName=name, retentionInDays=30)
    return after(partial(logs.delete_log_group, logGroupName=name), back)


ROWS = (
    Mutation("alarms_all_live", (Alarms,), alarm_deleted, "these are gone: payments-schema-errors"),
    Mutation(
        "alarms_cover_failures", (Alarms,),
        lambda live: elsewhere(live, "secret-unreadable", "function_name"), "reports SecretUnreadable",
    ),
    Mutation(
        "alarms_cover_metrics", (Alarms,),
        lambda live: elsewhere(live, "database-storage", "DBInstanceIdentifier"), "Nothing watches RDS/FreeStorageSpace",
    ),
    Mutation("alarms_notify_topic", (Alarms,), actions_off, "enabled: False"),
    Mutation(
        "alarms_treat_silence", (Alarms,),
        lambda live: alarm_changed(live, "database-cpu", TreatMissingData="ignore"), "treats missing data as ignore",
    ),
    Mutation("dashboard_shows_alarmed_metrics", (Dashboard,), widget_removed, "does not show AWS/"),
    Mutation("topic_admits_named_publishers", (Topic,), topic_for_all, "admits everybody by ['All']"),
    Mutation(
        "topic_encrypted", (Topic,),
        lambda live: topic(live, "KmsMasterKeyId", "", live.outputs.key_arns["operations"]), "is encrypted with nothing",
    ),
    Mutation("log_groups_kept_30_days", (LogGroups,), retention, "keeps events for 14 days"),
    Mutation("log_groups_encrypted", (LogGroups,), log_with_default_key, "the default key, not with a key of the stack"),
    Mutation(
        "log_groups_cover_services", (LogGroups,), log_deleted, "/upgrade is not a log group of the stack",
        also={"log_groups_kept_30_days": "what is gone is not kept", "log_groups_encrypted": "nor encrypted"},
    ),
)  # fmt: skip
