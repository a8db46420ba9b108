"""SQS: queues and their policies. A queue's settings are a map of texts."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, texts

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

POLICY = {"policy": "Policy"}
NUMBERS = {
    "delaySeconds": "DelaySeconds",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
FLAGS = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "fifoQueue": "FifoQueue",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}


class SqsResource(ModelledResource):
    """Base of the SQS types; the id is the queue's URL."""

    service: ClassVar[str] = "sqs"
    tag_operations: ClassVar[tuple[str, str]] = ("TagQueue", "UntagQueue")
    absent: ClassVar[frozenset[str]] = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})

    def attributes_of(self, aws: Session, url: str) -> dict[str, str]:
        """GetQueueAttributes."""
        return dict(self.call(aws, "GetQueueAttributes", {"queueUrl": url, "attributeNames": ["All"]})["attributes"])

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """SQS tags by URL."""
        return id_


@resource("aws:sqs/queue:Queue")
class Queue(SqsResource):
    """A queue."""

    autoname = "name"
    autoname_max = 80

    def made_up(self, name: str, inputs: Properties) -> str:
        """SQS knows FIFO queues by their names."""
        return f"{name}.fifo" if inputs.get("fifoQueue") is True else name

    replace_on = frozenset({"fifoQueue", "name", "namePrefix"})
    json_properties = frozenset({"policy", "redriveAllowPolicy", "redrivePolicy"})
    attributes: ClassVar[dict[str, str]] = (
        POLICY
        | NUMBERS
        | FLAGS
        | {
            "deduplicationScope": "DeduplicationScope",
            "fifoThroughputLimit": "FifoThroughputLimit",
            "kmsMasterKeyId": "KmsMasterKeyId",
            "redriveAllowPolicy": "RedriveAllowPolicy",
            "redrivePolicy": "RedrivePolicy",
        }
    )

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateQueue."""
        queue = inputs | {"attributes": texts(inputs, self.attributes)}
        return str(self.call(aws, "CreateQueue", queue, QueueName="name", tags="tagsAll")["queueUrl"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """SetQueueAttributes; an empty text takes a policy or a key off."""
        cleared = {self.attributes[name]: "" for name in changed if name in self.attributes}
        wanted = texts({name: new.get(name) for name in changed}, self.attributes)
        self.call(aws, "SetQueueAttributes", {"queueUrl": id_, "attributes": cleared | wanted})

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetQueueAttributes and the tags."""
        live = self.attributes_of(aws, id_)
        values = {name: live.get(attribute) or None for name, attribute in self.attributes.items()}
        numbers = {name: int(live[attribute]) for name, attribute in NUMBERS.items() if live.get(attribute)}
        flags = {name: live[attribute] == "true" for name, attribute in FLAGS.items() if live.get(attribute)}
        tags = self.call(aws, "ListQueueTags", {"queueUrl": id_})["tags"] or {}
        return values | numbers | flags | {
            "arn": live["QueueArn"],
            "name": live["QueueArn"].rpartition(":")[2],
            "url": id_,
            "tagsAll": tags,
        }  # fmt: skip

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteQueue."""
        self.call(aws, "DeleteQueue", {"queueUrl": id_})


@resource("aws:sqs/queuePolicy:QueuePolicy")
class QueuePolicy(SqsResource):
    """Who may use a queue."""

    replace_on = frozenset({"queueUrl"})
    json_properties = frozenset({"policy"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """SetQueueAttributes."""
        self.call(aws, "SetQueueAttributes", inputs | {"attributes": texts(inputs, POLICY)})
        return str(inputs["queueUrl"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Set it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetQueueAttributes."""
        policy = self.attributes_of(aws, id_).get("Policy")
        return {"queueUrl": id_, "policy": policy} if policy else None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Take the policy off."""
        self.call(aws, "SetQueueAttributes", {"queueUrl": id_, "attributes": {"Policy": ""}})
