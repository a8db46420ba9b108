"""CloudWatch Logs: log groups, metric filters and resource policies."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session


class LogsResource(ModelledResource):
    """Base of the CloudWatch Logs types."""

    service: ClassVar[str] = "logs"
    absent: ClassVar[frozenset[str]] = frozenset({"ResourceNotFoundException"})


@resource("aws:cloudwatch/logGroup:LogGroup")
class LogGroup(LogsResource):
    """A log group; its id is its name. Retention 0 means for ever."""

    autoname = "name"
    autoname_max = 512
    replace_on = frozenset({"name", "namePrefix", "logGroupClass"})
    fixed = frozenset({"deletionProtectionEnabled"})
    defaults: ClassVar[dict[str, Any]] = {"retentionInDays": 0, "skipDestroy": False}

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateLogGroup."""
        self.call(aws, "CreateLogGroup", inputs, logGroupName="name", tags="tagsAll")
        return str(inputs["name"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """Retention, which CreateLogGroup does not take."""
        if "retentionInDays" in changed:
            operation = "PutRetentionPolicy" if new.get("retentionInDays") else "DeleteRetentionPolicy"
            self.call(aws, operation, new | {"logGroupName": id_})

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Change retention or key."""
        if "kmsKeyId" in changed:
            operation = "AssociateKmsKey" if new.get("kmsKeyId") else "DisassociateKmsKey"
            self.call(aws, operation, new | {"logGroupName": id_})
        self.configure(aws, id_, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeLogGroups, which finds by prefix, and the tags."""
        for page in self.client(aws).get_paginator("describe_log_groups").paginate(logGroupNamePrefix=id_):
            for group in page["logGroups"]:
                if group["logGroupName"] == id_:
                    arn = group["arn"].removesuffix(":*")
                    live = pick(group, "kmsKeyId", "logGroupClass", name="logGroupName")
                    tags = self.call(aws, "ListTagsForResource", {"resourceArn": arn})["tags"] or {}
                    return live | {"arn": arn, "retentionInDays": group.get("retentionInDays", 0), "tagsAll": tags}
        return None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteLogGroup, unless the program wants it kept."""
        if not state.get("skipDestroy"):
            self.call(aws, "DeleteLogGroup", {"logGroupName": id_})


@resource("aws:cloudwatch/logMetricFilter:LogMetricFilter")
class LogMetricFilter(LogsResource):
    """Counts log lines into a metric; its id is its name, which is unique within the log group."""

    autoname = "name"
    autoname_max = 512
    replace_on = frozenset({"name", "logGroupName"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutMetricFilter."""
        transformation = dict(inputs["metricTransformation"])
        names = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}
        renamed = {names.get(name, name): value for name, value in transformation.items()}
        filter_ = inputs | {"metricTransformations": [renamed]}
        self.call(aws, "PutMetricFilter", filter_, filterName="name", filterPattern="pattern")
        return str(inputs["name"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeMetricFilters, which finds by prefix."""
        wanted = {"logGroupName": state.get("logGroupName"), "filterNamePrefix": id_}
        for live in self.call(aws, "DescribeMetricFilters", wanted)["metricFilters"]:
            if live["filterName"] == id_:
                names = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}
                transformation = pick(live["metricTransformations"][0], "defaultValue", "dimensions", "unit", **names)
                default = transformation["defaultValue"]
                # pulumi-aws has the default as text, AWS as a number.
                transformation["defaultValue"] = None if default is None else f"{default:g}"
                given = {name: value for name, value in transformation.items() if value is not None}
                return pick(live, "logGroupName", name="filterName") | {
                    "pattern": live["filterPattern"],
                    "metricTransformation": given,
                }
        return None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteMetricFilter."""
        self.call(aws, "DeleteMetricFilter", state, filterName="name")


@resource("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
class LogResourcePolicy(LogsResource):
    """Lets AWS services write to log groups; its id is its name."""

    replace_on = frozenset({"policyName", "resourceArn"})
    json_properties = frozenset({"policyDocument"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutResourcePolicy."""
        self.call(aws, "PutResourcePolicy", inputs)
        return str(inputs["policyName"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeResourcePolicies."""
        for live in self.call(aws, "DescribeResourcePolicies", {})["resourcePolicies"]:
            if live["policyName"] == id_:
                return pick(live, "policyName", "policyDocument", "policyScope", "revisionId", "resourceArn")
        return None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteResourcePolicy."""
        self.call(aws, "DeleteResourcePolicy", {"policyName": id_})
