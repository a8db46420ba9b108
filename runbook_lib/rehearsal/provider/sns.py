"""SNS: topics, their policies and their subscribers. Their settings are a map of texts, set one by one."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, texts

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

POLICY = {"policy": "Policy"}
# Delivery status logging, which the emulator would forget.
FEEDBACK = frozenset(
    f"{protocol}{setting}"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for setting in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
)


class SnsResource(ModelledResource):
    """Base of the SNS types; the id is the ARN."""

    service: ClassVar[str] = "sns"
    absent: ClassVar[frozenset[str]] = frozenset({"NotFound", "NotFoundException"})

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """The id is the ARN."""
        return id_

    def set_topic(self, aws: Session, arn: str, values: dict[str, str]) -> None:
        """SetTopicAttributes, one by one."""
        for name, value in values.items():
            setting = {"topicArn": arn, "attributeName": name, "attributeValue": value}
            self.call(aws, "SetTopicAttributes", setting)


@resource("aws:sns/topic:Topic")
class Topic(SnsResource):
    """A topic."""

    autoname = "name"
    autoname_max = 80

    def made_up(self, name: str, inputs: Properties) -> str:
        """SNS knows FIFO topics by their names."""
        return f"{name}.fifo" if inputs.get("fifoTopic") is True else name

    replace_on = frozenset({"fifoTopic", "name", "namePrefix"})
    json_properties = frozenset({"archivePolicy", "deliveryPolicy", "policy"})
    refuses = FEEDBACK | {"maximumMessageSize"}
    attributes: ClassVar[dict[str, str]] = POLICY | {
        "archivePolicy": "ArchivePolicy",
        "contentBasedDeduplication": "ContentBasedDeduplication",
        "deliveryPolicy": "DeliveryPolicy",
        "displayName": "DisplayName",
        "fifoThroughputScope": "FifoThroughputScope",
        "fifoTopic": "FifoTopic",
        "kmsMasterKeyId": "KmsMasterKeyId",
        "signatureVersion": "SignatureVersion",
        "tracingConfig": "TracingConfig",
    }

    conflict = "CreateTopic: InvalidParameter: Topic already exists with different tags"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same name whose tags differ: with the same tags, SNS itself and pulumi-aws take it over."""
        arn = aws.arn("sns", inputs["name"])
        found = self.standing(aws, arn, inputs)
        return arn if found and self.tags(aws, arn) != inputs["tagsAll"] else None

    def tags(self, aws: Session, arn: str) -> dict[str, str]:
        """The live tags."""
        return self.call(aws, "ListTagsForResource", {"resourceArn": arn})["tags"] or {}

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateTopic."""
        topic = inputs | {"attributes": texts(inputs, self.attributes)}
        return str(self.call(aws, "CreateTopic", topic, Tags="tagsAll")["topicArn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """SetTopicAttributes; an empty text is SNS's default again."""
        cleared = {self.attributes[name]: "" for name in changed if name in self.attributes}
        wanted = texts({name: new.get(name) for name in changed}, self.attributes)
        self.set_topic(aws, id_, cleared | wanted)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetTopicAttributes and the tags."""
        live = self.call(aws, "GetTopicAttributes", {"topicArn": id_})["attributes"]
        values = {name: live.get(attribute) or None for name, attribute in self.attributes.items()}
        flags = {name: values[name] == "true" for name in ("contentBasedDeduplication", "fifoTopic")}
        tags = self.tags(aws, id_)
        name = {"name": id_.rpartition(":")[2], "arn": id_, "owner": live["Owner"], "tagsAll": tags}
        return values | flags | name

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteTopic."""
        self.call(aws, "DeleteTopic", {"topicArn": id_})


@resource("aws:sns/topicPolicy:TopicPolicy")
class TopicPolicy(SnsResource):
    """Who may publish to a topic and subscribe to it."""

    replace_on = frozenset({"arn"})
    json_properties = frozenset({"policy"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """SetTopicAttributes."""
        self.set_topic(aws, inputs["arn"], texts(inputs, POLICY))
        return str(inputs["arn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Set it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetTopicAttributes."""
        live = self.call(aws, "GetTopicAttributes", {"topicArn": id_})["attributes"]
        return {"arn": id_, "policy": live["Policy"], "owner": live["Owner"]} if live.get("Policy") else None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Nothing but an owner's policy: SNS keeps some policy as long as the topic is there."""
        self.set_topic(aws, id_, {"Policy": ""})


@resource("aws:sns/topicSubscription:TopicSubscription")
class TopicSubscription(SnsResource):
    """A subscriber."""

    replace_on = frozenset({"endpoint", "protocol", "topic"})
    json_properties = frozenset({"deliveryPolicy", "filterPolicy", "redrivePolicy", "replayPolicy"})
    attributes: ClassVar[dict[str, str]] = {
        "deliveryPolicy": "DeliveryPolicy",
        "filterPolicy": "FilterPolicy",
        "filterPolicyScope": "FilterPolicyScope",
        "rawMessageDelivery": "RawMessageDelivery",
        "redrivePolicy": "RedrivePolicy",
        "subscriptionRoleArn": "SubscriptionRoleArn",
    }

    def create(self, aws: Session, inputs: Properties) -> str:
        """Subscribe."""
        wanted: Properties = {"attributes": texts(inputs, self.attributes), "returnSubscriptionArn": True}
        return str(self.call(aws, "Subscribe", inputs | wanted, TopicArn="topic")["subscriptionArn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """SetSubscriptionAttributes, one by one."""
        cleared: dict[str, str] = {self.attributes[name]: "" for name in changed if name in self.attributes}
        for name, value in (cleared | texts(new, self.attributes)).items():
            if name in cleared:
                setting = {"subscriptionArn": id_, "attributeName": name, "attributeValue": value}
                self.call(aws, "SetSubscriptionAttributes", setting)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetSubscriptionAttributes."""
        live: dict[str, Any] = self.call(aws, "GetSubscriptionAttributes", {"subscriptionArn": id_})["attributes"]
        return {name: live.get(attribute) or None for name, attribute in self.attributes.items()} | {
            "arn": id_,
            "topic": live["TopicArn"],
            "protocol": live["Protocol"],
            "endpoint": live["Endpoint"],
            "ownerId": live["Owner"],
            "rawMessageDelivery": live.get("RawMessageDelivery") == "true",
            "pendingConfirmation": live.get("PendingConfirmation") == "true",
            "confirmationWasAuthenticated": live.get("ConfirmationWasAuthenticated") == "true",
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Unsubscribe."""
        self.call(aws, "Unsubscribe", {"subscriptionArn": id_})
