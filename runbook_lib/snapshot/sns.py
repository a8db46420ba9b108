"""The topic that alarms go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.policies import Statement, statements
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Topic(Tagged):
    """The topic, named by its ARN."""

    key: str
    """The KMS key as it was given: an ARN, an id or an alias; empty for none."""
    policy: tuple[Statement, ...]


@collects(Topic)
def topic(aws: Aws, outputs: StackOutputs) -> Topic:
    """Read the topic named by the outputs."""
    client, arn = aws.client("sns"), outputs.topic_arn
    attributes = client.get_topic_attributes(TopicArn=arn)["Attributes"]
    return Topic(
        name=attributes["TopicArn"],
        tags=by_key(client.list_tags_for_resource(ResourceArn=arn)["Tags"]),
        key=attributes.get("KmsMasterKeyId", ""),
        policy=statements(attributes["Policy"]),
    )
