"""The internet gets in through the load balancer's web ports, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runbook_lib.gates.registry import GateContext, Judgements, Operation, Plan, gate, judge, resources

ANYWHERE = {"0.0.0.0/0", "::/0"}
WEB_PORTS = {80, 443}
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
# In the older resource the direction is a property.
LEGACY_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"


@gate(requirement=("N3",), title="No ingress from anywhere but to 80 and 443")
def nothing_faces_internet(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Each way of writing an ingress rule is looked at, those the stack does not use included."""
    for op in resources(plan, INGRESS_RULE, LEGACY_RULE, *GROUPS):
        opened = [_ports(rule) for rule in _ingress(op) if _sources(rule) & ANYWHERE]
        wrong = [ports for ports in opened if ports[0] != ports[1] or ports[0] not in WEB_PORTS]
        yield judge(
            op.name,
            ok=not wrong,
            good=f"{op.name} opens {[port for port, _ in opened] or 'nothing'} to the internet.",
            bad=f"{op.name} ({op.type}) opens ports {wrong} to the internet.",
            remedy="Name the security group or the range that needs to get in.",
        )


def _ingress(op: Operation) -> Iterator[dict[str, Any]]:
    if op.type == INGRESS_RULE or (op.type == LEGACY_RULE and op.inputs.get("type") == "ingress"):
        yield op.inputs
    yield from op.inputs.get("ingress", ()) if op.type in GROUPS else ()


def _sources(rule: dict[str, Any]) -> set[str]:
    return {*rule.get("cidrBlocks", ()), *rule.get("ipv6CidrBlocks", ()), rule.get("cidrIpv4"), rule.get("cidrIpv6")}


def _ports(rule: dict[str, Any]) -> tuple[int, int]:
    # Without ports a rule opens them all.
    every_protocol = str(rule.get("ipProtocol", rule.get("protocol"))) in {"-1", "all"}
    return (0, 65535) if every_protocol else (int(rule.get("fromPort", 0)), int(rule.get("toPort", 65535)))
