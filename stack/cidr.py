"""Address arithmetic: from one VPC range to three private and three public subnets."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

ZONES = 3


@dataclass(frozen=True)
class SubnetPlan:
    """The subnets of a VPC, one of each kind per zone, in zone order."""

    private: tuple[IPv4Network, ...]
    public: tuple[IPv4Network, ...]


def plan_subnets(vpc: IPv4Network) -> SubnetPlan:
    """Divide a VPC range.

    Private subnets hold what grows (function network interfaces, databases, endpoints) and get a quarter each;
    public ones hold three NAT gateways and load balancer nodes and share three quarters of the last quarter.
    The remaining sixteenth stays free for what nobody has thought of yet.

    Args:
        vpc: The range of the VPC, at most /24 so that a public subnet keeps the 8 free addresses an ALB asks for.
    """
    *private, rest = vpc.subnets(prefixlen_diff=2)
    return SubnetPlan(private=tuple(private), public=tuple(rest.subnets(prefixlen_diff=2))[:ZONES])
