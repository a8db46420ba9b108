"""Network ACLs: a second, stateless fence around each tier, should a security group ever be opened too far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from network import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from context import Context
    from network import Network

HTTP, HTTPS, POSTGRESQL = 80, 443, 5432
EPHEMERAL = (1024, 65535)
"""Ports answers come back to: NAT gateways and load balancers use the whole range (VPC user guide)."""


@dataclass(frozen=True)
class Rule:
    """One allowed flow; what no rule allows, the ACL's implicit last rule denies."""

    egress: bool
    ports: tuple[int, int]
    cidr: str


def public_rules() -> list[Rule]:
    """Clients come in by HTTP and HTTPS; NAT goes out by HTTPS; answers to both return to ephemeral ports."""
    return [
        Rule(egress=False, ports=(HTTP, HTTP), cidr=ANYWHERE),
        Rule(egress=False, ports=(HTTPS, HTTPS), cidr=ANYWHERE),
        Rule(egress=False, ports=EPHEMERAL, cidr=ANYWHERE),
        Rule(egress=True, ports=(HTTPS, HTTPS), cidr=ANYWHERE),
        Rule(egress=True, ports=EPHEMERAL, cidr=ANYWHERE),
    ]


def private_rules(vpc_cidr: str) -> list[Rule]:
    """Functions reach the database and endpoints inside the VPC, and HTTPS outside; from outside come answers only.

    An ACL cannot tell an answer from a request, so the database's port is open to it as one of the ephemeral ones. Denying
    that port would lose each answer to a function that happened to ask from it; that no request comes in is up to the
    routes, which lead in from nowhere, and to the database's security group.
    """
    return [
        Rule(egress=False, ports=(POSTGRESQL, POSTGRESQL), cidr=vpc_cidr),
        Rule(egress=False, ports=(HTTPS, HTTPS), cidr=vpc_cidr),
        Rule(egress=False, ports=EPHEMERAL, cidr=ANYWHERE),  # stateless: answers from AWS come from any address
        Rule(egress=True, ports=(HTTPS, HTTPS), cidr=ANYWHERE),
        Rule(egress=True, ports=(POSTGRESQL, POSTGRESQL), cidr=vpc_cidr),
        Rule(egress=True, ports=EPHEMERAL, cidr=vpc_cidr),
    ]


class NetworkAcls(pulumi.ComponentResource):
    """One network ACL per tier."""

    def __init__(self, name: str, context: Context, network: Network, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:network:NetworkAcls", name, None, opts)
        self._context = context
        self._network = network
        self._tier("public", network.public, public_rules())
        self._tier("private", network.private, private_rules(str(context.config.vpc_cidr)))
        self.register_outputs({})

    def _tier(self, tier: str, subnets: Sequence[aws.ec2.Subnet], rules: Sequence[Rule]) -> None:
        child = pulumi.ResourceOptions(parent=self)
        acl = aws.ec2.NetworkAcl(tier, vpc_id=self._network.vpc.id, tags={"Name": self._context.names(f"{tier}-acl")}, opts=child)
        for rule in rules:
            low, high = rule.ports
            aws.ec2.NetworkAclRule(
                f"{tier}-{'out' if rule.egress else 'in'}-{low}",
                network_acl_id=acl.id,
                egress=rule.egress,
                # Ordered by port: rules only ever allow, so their order decides nothing and a new one moves no other.
                rule_number=low,
                protocol="tcp",
                rule_action="allow",
                cidr_block=rule.cidr,
                from_port=low,
                to_port=high,
                opts=child,
            )
        for index, subnet in enumerate(subnets, start=1):
            aws.ec2.NetworkAclAssociation(f"{tier}-{index}", network_acl_id=acl.id, subnet_id=subnet.id, opts=child)
