"""Alarms, the topic they go to and the dashboard of the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

import policies
from alarms import PERIOD_SECONDS, Alarm, Silence, Watched, alarm_table
from dashboard import dashboard

if TYPE_CHECKING:
    from context import Context


@dataclass(frozen=True)
class MonitoringArgs:
    """What is watched, the key of the topic, and the database, whose silence is an alarm."""

    watched: Watched
    key_id: pulumi.Input[str]
    database: aws.rds.Instance


class Monitoring(pulumi.ComponentResource):
    """The encrypted topic, all alarms and one dashboard."""

    def __init__(self, name: str, context: Context, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:monitoring:Monitoring", name, None, opts)
        self._context = context
        self._child = pulumi.ResourceOptions(parent=self)
        self.topic = self._topic(args.key_id)
        table = alarm_table(context.config, args.watched)
        # The table names what it watches. Where silence is an alarm, it would fire until what it watches is there.
        reporting = pulumi.ResourceOptions(parent=self, depends_on=[args.database])
        self.alarms = [self._alarm(alarm, reporting if alarm.silence is Silence.BAD else self._child) for alarm in table]
        body = dashboard(table, [self._alarm_arn(alarm) for alarm in table], context.config.region)
        self.dashboard = aws.cloudwatch.Dashboard(
            "payments",
            dashboard_name=context.names("payments"),
            dashboard_body=pulumi.Output.json_dumps(body),
            opts=self._child,
        )
        self.register_outputs({"topic_arn": self.topic.arn})

    def _topic(self, key_id: pulumi.Input[str]) -> aws.sns.Topic:
        context = self._context
        topic = aws.sns.Topic("alarms", name=context.names("payments-alarms"), kms_master_key_id=key_id, opts=self._child)
        publish = policies.allow(
            "PublishAlarms",
            ["sns:Publish"],
            [topic.arn],
            principal={"Service": "cloudwatch.amazonaws.com"},
            when={"StringEquals": {"aws:SourceAccount": context.account}},
        )
        aws.sns.TopicPolicy(
            "alarms", arn=topic.arn, policy=pulumi.Output.json_dumps(policies.document(publish)), opts=self._child
        )
        if context.config.alarm_email is not None:
            aws.sns.TopicSubscription(
                "email", topic=topic.arn, protocol="email", endpoint=context.config.alarm_email, opts=self._child
            )
        return topic

    def _alarm_name(self, alarm: Alarm) -> str:
        return self._context.names(f"payments-{alarm.key}".replace("payments-payments", "payments"))

    def _alarm_arn(self, alarm: Alarm) -> str:
        return self._context.arn("cloudwatch", f"alarm:{self._alarm_name(alarm)}")

    def _alarm(self, alarm: Alarm, opts: pulumi.ResourceOptions) -> aws.cloudwatch.MetricAlarm:
        percentile = alarm.statistic.startswith("p")
        return aws.cloudwatch.MetricAlarm(
            alarm.key,
            name=self._alarm_name(alarm),
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            statistic=None if percentile else alarm.statistic,
            extended_statistic=alarm.statistic if percentile else None,
            period=PERIOD_SECONDS,
            evaluation_periods=alarm.periods,
            threshold=alarm.threshold,
            comparison_operator="LessThanThreshold" if alarm.below else "GreaterThanThreshold",
            treat_missing_data=alarm.silence.value,
            dimensions=alarm.dimensions,
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=opts,
        )
