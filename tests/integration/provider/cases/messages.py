"""SNS and SQS."""

from integration.provider.documents import ACCOUNT, allow, key
from integration.provider.harness import Case, Make

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
ALARMS = {"Principal": {"Service": "cloudwatch.amazonaws.com"}}
OWNER = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}


def _topic_policy(make: Make) -> dict:
    arn = make(TOPIC)["arn"]
    return {"arn": arn, "policy": allow("sns:Publish", arn, **ALARMS)}


def _queue_policy(make: Make) -> dict:
    queue = make(QUEUE)
    return {"queueUrl": queue["url"], "policy": allow("sqs:SendMessage", queue["arn"], **OWNER)}


def _subscription(make: Make) -> dict:
    return {
        "endpoint": make(QUEUE)["arn"],
        "filterPolicy": '{"kind": ["a"]}',
        "protocol": "sqs",
        "rawMessageDelivery": True,
        "topic": make(TOPIC)["arn"],
    }


CASES = [
    Case(
        TOPIC,
        lambda make: {"displayName": "a", "kmsMasterKeyId": key(make)["keyId"], "tracingConfig": "Active"},
        lambda make: {"displayName": "b", "kmsMasterKeyId": key(make)["keyId"], "tags": {"Name": "b"}},
    ),
    Case(
        "aws:sns/topicPolicy:TopicPolicy",
        _topic_policy,
        lambda _: {"policy": allow("sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:case", Sid="b", **ALARMS)},
        stays="a topic always has some policy",
    ),
    Case(
        "aws:sns/topicSubscription:TopicSubscription",
        _subscription,
        lambda _: {"filterPolicy": '{"kind": ["b"]}', "rawMessageDelivery": False},
    ),
    Case(
        QUEUE,
        lambda make: {"kmsMasterKeyId": key(make)["keyId"], "visibilityTimeoutSeconds": 45},
        lambda _: {"messageRetentionSeconds": 86400, "visibilityTimeoutSeconds": 50, "tags": {"Name": "b"}},
    ),
    Case(
        "aws:sqs/queuePolicy:QueuePolicy",
        _queue_policy,
        lambda _: {"policy": allow("sqs:*", f"arn:aws:sqs:us-east-1:{ACCOUNT}:case", **OWNER)},
    ),
]
