"""The load balancer: attributes, listeners, target group and the health of its targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Listener(Tagged):
    """A listener, named by its ARN."""

    port: int
    protocol: str
    certificate_arns: tuple[str, ...]
    tls_policy: str
    action: str
    """The default action: ``forward``, ``redirect``, ``fixed-response`` …"""
    redirects_to: str
    """The protocol a redirect leads to; empty for other actions."""
    forwards_to: tuple[str, ...]
    """Every target group that the default action or a rule forwards to."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancer(Tagged):
    """The load balancer, named by its name."""

    dns_name: str
    scheme: str
    kind: str
    state: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    attributes: Mapping[str, str]
    listeners: tuple[Listener, ...]


@dataclass(frozen=True, kw_only=True)
class TargetGroup(Tagged):
    """The target group in front of the payments function."""

    target_type: str
    health_checks: bool
    health_path: str
    target_ids: tuple[str, ...]
    target_states: tuple[str, ...]


@collects(LoadBalancer)
def load_balancer(aws: Aws, outputs: StackOutputs) -> LoadBalancer:
    """Read the load balancer named by the outputs."""
    client, arn = aws.client("elbv2"), outputs.alb_arn
    raw = client.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    attributes = client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    listeners = list(aws.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn))
    tags = _tags(aws, [arn, *(listener["ListenerArn"] for listener in listeners)])
    return LoadBalancer(
        name=raw["LoadBalancerName"],
        tags=tags[arn],
        dns_name=raw["DNSName"],
        scheme=raw["Scheme"],
        kind=raw["Type"],
        state=raw["State"]["Code"],
        subnet_ids=tuple(zone["SubnetId"] for zone in raw["AvailabilityZones"]),
        security_group_ids=tuple(raw["SecurityGroups"]),
        attributes=by_key(attributes),
        listeners=tuple(_listener(aws, listener, tags[listener["ListenerArn"]]) for listener in listeners),
    )


@collects(TargetGroup)
def target_group(aws: Aws, outputs: StackOutputs) -> TargetGroup:
    """Read the target group named by the outputs, and ask how its targets are."""
    client, arn = aws.client("elbv2"), outputs.target_group_arn
    raw = client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    targets = client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return TargetGroup(
        name=raw["TargetGroupName"],
        tags=_tags(aws, [arn])[arn],
        target_type=raw["TargetType"],
        health_checks=raw["HealthCheckEnabled"],
        health_path=raw.get("HealthCheckPath", ""),
        target_ids=tuple(target["Target"]["Id"] for target in targets),
        target_states=tuple(target["TargetHealth"]["State"] for target in targets),
    )


def _listener(aws: Aws, raw: dict[str, Any], tags: Mapping[str, str]) -> Listener:
    action = raw["DefaultActions"][0]
    rules = aws.client("elbv2").describe_rules(ListenerArn=raw["ListenerArn"])["Rules"]
    return Listener(
        name=raw["ListenerArn"],
        tags=tags,
        port=raw["Port"],
        protocol=raw["Protocol"],
        certificate_arns=tuple(certificate["CertificateArn"] for certificate in raw.get("Certificates", ())),
        tls_policy=raw.get("SslPolicy", ""),
        action=action["Type"],
        redirects_to=action.get("RedirectConfig", {}).get("Protocol", ""),
        forwards_to=tuple(sorted({arn for rule in rules for act in rule["Actions"] if (arn := act.get("TargetGroupArn"))})),
    )


def _tags(aws: Aws, arns: list[str]) -> dict[str, dict[str, str]]:
    # One call takes twenty ARNs: more listeners than this stack will ever have.
    answer = aws.client("elbv2").describe_tags(ResourceArns=arns)["TagDescriptions"]
    return {description["ResourceArn"]: by_key(description["Tags"]) for description in answer}
