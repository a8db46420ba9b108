"""The drills that break nothing: more requests than a limit allows, and an alarm raised by hand."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import Turn, collects
from runbook_lib.snapshot.drill import MARK, mending, propagation, until
from runbook_lib.snapshot.probe import Answer, Bench

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

BURST = 6
NO_PAYMENT = "{"
"""Refused by the request validator, which comes after the throttle: nothing reaches the function."""


@dataclass(frozen=True)
class ThrottleTrial:
    """A burst under a key that may send one request a second."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class AlarmTrial:
    """An alarm set to ALARM, and what a subscriber of its topic received."""

    alarm: str
    state_after: str
    """``ALARM`` no longer, unless it was not put back."""
    received: Mapping[str, Any]
    """CloudWatch's message about this alarm; empty if none came."""


@collects(ThrottleTrial, turn=Turn.DRILL)
def throttle_trial(aws: Aws, outputs: StackOutputs) -> ThrottleTrial:
    """Send too much under a usage plan and a key made for this, so that no client of the real ones notices."""
    gateway, bench = aws.client("apigateway"), Bench(aws, outputs)
    name = f"{MARK}-{secrets.token_hex(4)}"
    with ExitStack() as undo:
        key = gateway.create_api_key(name=name, enabled=True)
        undo.enter_context(mending(f"API key {name}", partial(gateway.delete_api_key, apiKey=key["id"])))
        stage = {"apiId": outputs.api_id, "stage": outputs.api_stage_name}
        plan = gateway.create_usage_plan(name=name, throttle={"rateLimit": 1, "burstLimit": 1}, apiStages=[stage])["id"]

        def remove() -> None:
            detach = {"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"}
            gateway.update_usage_plan(usagePlanId=plan, patchOperations=[detach])  # AWS deletes no plan that has stages
            gateway.delete_usage_plan(usagePlanId=plan)

        undo.enter_context(mending(f"usage plan {name}", remove))
        gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        send = partial(bench.api, NO_PAYMENT, key=key["value"])
        with ThreadPoolExecutor(BURST) as pool:
            answers = until(
                lambda: tuple(pool.map(lambda _: send(), range(BURST))),
                # A new key is unknown (403) for a while, and AWS's throttle may let a burst through to the validator (400).
                lambda seen: any(answer.status not in (400, 403) for answer in seen),
                seconds=propagation(aws),
            )
    return ThrottleTrial(answers)


@collects(AlarmTrial, turn=Turn.DRILL)
def alarm_trial(aws: Aws, outputs: StackOutputs) -> AlarmTrial:
    """Subscribe a queue to the topic for a moment. Whoever is subscribed already gets the message too; it says what it is."""
    cloudwatch, sns, sqs = aws.client("cloudwatch"), aws.client("sns"), aws.client("sqs")
    name = f"{MARK}-{secrets.token_hex(4)}"
    states = {
        raw["AlarmName"]: raw["StateValue"]
        for raw in aws.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=list(outputs.alarm_names)[:100])
    }
    alarm = min(found for found, state in states.items() if state != "ALARM")  # only a change of state is told
    reason = f"{name}: the migration runbook tests whether alarms arrive; nothing is wrong."

    def state(value: str) -> None:
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=value, StateReason=reason)

    def receive() -> Mapping[str, Any]:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", ()):
            told: dict[str, Any] = json.loads(json.loads(message["Body"])["Message"])
            if told.get("AlarmName") == alarm:
                return told
        return {}

    with ExitStack() as undo:
        _, partition, _, region, account, _ = outputs.topic_arn.split(":")
        arn = f"arn:{partition}:sqs:{region}:{account}:{name}"
        queue = sqs.create_queue(QueueName=name, Attributes={"Policy": _from_topic(outputs.topic_arn, arn)})["QueueUrl"]
        undo.enter_context(mending(f"queue {name}", partial(sqs.delete_queue, QueueUrl=queue)))
        subscribed = sns.subscribe(TopicArn=outputs.topic_arn, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
        subscription = subscribed["SubscriptionArn"]
        undo.enter_context(mending(f"subscription {subscription}", partial(sns.unsubscribe, SubscriptionArn=subscription)))
        with mending(f"the state of alarm {alarm}", partial(state, states[alarm])):
            state("ALARM")
            received = until(receive, bool, seconds=propagation(aws))
    [after] = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return AlarmTrial(alarm, after["StateValue"], received)


def _from_topic(topic_arn: str, queue_arn: str) -> str:
    """A queue policy by which SNS may send the topic's messages."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
