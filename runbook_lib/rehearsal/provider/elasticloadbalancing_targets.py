# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""Load balancing: target groups and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.base import Properties, given, only
from runbook_lib.rehearsal.provider.elasticloadbalancing import ElbResource, attribute_text, typed
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

ATTRIBUTES = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "preserveClientIp": "preserve_client_ip.enabled",
}
HEALTH = {
    "enabled": "HealthCheckEnabled",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
# What pulumi-aws sends where a health check leaves these out; the rest is AWS's to choose, and stays once chosen.
UNSAID: Properties = {"enabled": True, "interval": 30, "healthyThreshold": 3, "unhealthyThreshold": 3}
UNSAID_BY_ADDRESS: Properties = {"port": "traffic-port", "protocol": "HTTP"}  # a function has neither


def health_check(inputs: Properties) -> dict[str, Any]:
    """Boto3 arguments for a health check."""
    if not inputs.get("healthCheck"):
        return {}
    check = UNSAID | ({} if inputs.get("targetType") == "lambda" else UNSAID_BY_ADDRESS) | inputs["healthCheck"]
    arguments = given(check, **{argument: name for name, argument in HEALTH.items()})
    return arguments | ({"Matcher": {"HttpCode": str(check["matcher"])}} if check.get("matcher") else {})


@resource("aws:lb/targetGroup:TargetGroup")
class TargetGroup(ElbResource):
    """Where requests are sent, and how one finds out whether it is well."""

    autoname = "name"
    autoname_max = 32
    replace_on = frozenset({"name", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"})
    absent = frozenset({"TargetGroupNotFound"})
    cleared: ClassVar[dict[str, Any]] = {"deregistrationDelay": 300, "lambdaMultiValueHeadersEnabled": False, "slowStart": 0}
    supports = (replace_on | {"healthCheck", *ATTRIBUTES}) - {"ipAddressType"}

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(
            inputs,
            Name="name",
            Port="port",
            Protocol="protocol",
            ProtocolVersion="protocolVersion",
            VpcId="vpcId",
            TargetType="targetType",
        )
        answer = self.client(aws).create_target_group(**arguments, **health_check(inputs))
        return str(answer["TargetGroups"][0]["TargetGroupArn"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        names = changed & new.keys()
        wanted = {key: attribute_text(new[name]) for name, key in ATTRIBUTES.items() if name in names}
        if wanted:
            attributes = [{"Key": key, "Value": value} for key, value in sorted(wanted.items())]
            self.client(aws).modify_target_group_attributes(TargetGroupArn=id_, Attributes=attributes)

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        if new.get("healthCheck") and "healthCheck" in changed:
            self.client(aws).modify_target_group(TargetGroupArn=id_, **health_check(new))
        self.configure(aws, id_, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        elb = self.client(aws)
        group = only(elb.describe_target_groups(TargetGroupArns=[id_])["TargetGroups"])
        answer = elb.describe_target_group_attributes(TargetGroupArn=id_)
        attributes = {each["Key"]: each["Value"] for each in answer["Attributes"]}
        live = {name: typed(attributes[key]) for name, key in ATTRIBUTES.items() if key in attributes}
        check = {name: group[argument] for name, argument in HEALTH.items() if group.get(argument) is not None}
        if group.get("Matcher"):
            check["matcher"] = group["Matcher"].get("HttpCode")
        kinds = {"port": "Port", "protocol": "Protocol", "protocolVersion": "ProtocolVersion", "vpcId": "VpcId"}
        live |= {name: group[argument] for name, argument in kinds.items() if group.get(argument)}
        return live | {
            "arn": id_,
            "arnSuffix": id_.rpartition(":")[2],
            "name": group["TargetGroupName"],
            "targetType": group.get("TargetType", "instance"),
            "healthCheck": check,
            "loadBalancerArns": group.get("LoadBalancerArns", []) if "loadBalancerArns" in state else [],
            "tagsAll": self.tags_of(aws, id_),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_target_group(TargetGroupArn=id_)


@resource("aws:lb/targetGroupAttachment:TargetGroupAttachment")
class TargetGroupAttachment(ElbResource):
    """One target in a group."""

    replace_on = frozenset({"targetGroupArn", "targetId", "port", "availabilityZone"})
    supports = replace_on
    absent = frozenset({"TargetGroupNotFound", "InvalidTarget"})
    delete_before_replace = True

    def create(self, aws: Session, inputs: Properties) -> str:
        self.client(aws).register_targets(TargetGroupArn=inputs["targetGroupArn"], Targets=[_target(inputs)])
        return f"{inputs['targetGroupArn']}-{inputs['targetId']}"

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        answer = self.client(aws).describe_target_health(TargetGroupArn=state["targetGroupArn"])
        for each in answer["TargetHealthDescriptions"]:
            draining = each.get("TargetHealth", {}).get("State") == "draining"
            if each["Target"]["Id"] == state["targetId"] and not draining:
                return {"targetGroupArn": state["targetGroupArn"], "targetId": state["targetId"]}
        return None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).deregister_targets(TargetGroupArn=state["targetGroupArn"], Targets=[_target(state)])


def _target(inputs: Properties) -> dict[str, Any]:
    return given(inputs, Id="targetId", Port="port", AvailabilityZone="availabilityZone")
