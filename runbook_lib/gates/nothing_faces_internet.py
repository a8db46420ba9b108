"""The internet gets in through the load balancer's web ports, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, known_later, shown
from runbook_lib.snapshot.ranges import faces_internet

WEB_PORTS = {80, 443}
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
# In the older resource the direction is a property.
LEGACY_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
PORTS = ("fromPort", "toPort", "ipProtocol", "protocol")
ONE, MANY = ("cidrIpv4", "cidrIpv6", "prefixListId"), ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")


@gate(requirement=("N3",), title="No ingress from the internet but to 80 and 443")
def nothing_faces_internet(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Each way of writing an ingress rule is looked at, those the stack does not use included."""
    for op in shown(plan, INGRESS_RULE, LEGACY_RULE, *GROUPS):
        if later := [name for rule in _ingress(op) for name in PORTS if rule.get(name) == COMPUTED]:
            yield known_later(op, later)
            continue
        rules = [(_ports(rule), _sources(rule)) for rule in _ingress(op)]
        opened = [ports for ports, sources in rules if any(map(_from_outside, sources))]
        wrong = [ports for ports in opened if ports[0] != ports[1] or ports[0] not in WEB_PORTS]
        if not wrong and any(COMPUTED in sources for _, sources in rules):
            yield known_later(op, ["ranges"])
            continue
        yield judge(
            op.name,
            ok=not wrong,
            good=f"{op.name} opens {[port for port, _ in opened] or 'nothing'} to the internet.",
            bad=f"{op.name} ({op.type}) opens ports {wrong} to the internet.",
            remedy="Name the security group or the private range that needs to get in.",
        )


def _ingress(op: Operation) -> Iterator[dict[str, Any]]:
    if op.type == INGRESS_RULE or (op.type == LEGACY_RULE and op.inputs.get("type") == "ingress"):
        yield op.inputs
    inline = op.inputs.get("ingress") or () if op.type in GROUPS else ()
    # What is not known yet, all of it or one rule, is a rule about which nothing is known.
    rules: list[Any] = [COMPUTED] if inline == COMPUTED else list(inline)
    yield from ({"cidrIpv4": COMPUTED} if rule == COMPUTED else rule for rule in rules)


def _sources(rule: dict[str, Any]) -> set[str]:
    many = (rule.get(key, ()) for key in MANY)
    listed = {source for found in many for source in ([found] if isinstance(found, str) else found)}
    return listed | {rule[key] for key in ONE if rule.get(key)}


def _from_outside(source: str) -> bool:
    # What a prefix list holds, its owner decides from day to day; AWS's own hold public addresses.
    return source.startswith("pl-") or not _is_range(source) or faces_internet(source)


def _is_range(source: str) -> bool:
    try:
        ip_network(source, strict=False)
    except ValueError:
        return source == COMPUTED  # what is no range is not known to be a private one
    return True


def _ports(rule: dict[str, Any]) -> tuple[int, int]:
    # Without ports a rule opens them all.
    every_protocol = str(rule.get("ipProtocol", rule.get("protocol"))) in {"-1", "all"}
    first, last = rule.get("fromPort"), rule.get("toPort")
    return (0, 65535) if every_protocol else (int(first or 0), 65535 if last is None else int(last))
