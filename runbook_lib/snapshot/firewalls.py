"""What may talk to what: security groups and network ACLs of the VPC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

ANYWHERE = ("0.0.0.0/0", "::/0")
"""What lets everybody in; whether a block reaches the internet at all, ``ranges.faces_internet`` tells."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One permission of a security group; ports are None when it covers them all."""

    protocol: str
    first_port: int | None
    last_port: int | None
    peer: str
    """A CIDR block, a security group's id or a prefix list's id."""

    def __str__(self) -> str:
        ports = "all ports" if self.first_port is None else f"{self.first_port}-{self.last_port}"
        return f"{self.protocol} {ports} {self.peer}"


@dataclass(frozen=True, kw_only=True)
class SecurityGroup(Tagged):
    """A security group, named by its id."""

    group_name: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class AclEntry:
    """One numbered entry of a network ACL; protocol ``-1`` is every protocol, and without ports it covers them all."""

    number: int
    egress: bool
    allows: bool
    protocol: str
    first_port: int = 0
    last_port: int = 65535
    cidr: str


@dataclass(frozen=True, kw_only=True)
class NetworkAcl(Tagged):
    """A network ACL, named by its id."""

    is_default: bool
    subnet_ids: tuple[str, ...]
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True, kw_only=True)
class Firewalls:
    """Every security group and network ACL of the VPC."""

    groups: Mapping[str, SecurityGroup]
    acls: tuple[NetworkAcl, ...]


@collects(Firewalls)
def firewalls(aws: Aws, outputs: StackOutputs) -> Firewalls:
    """Read the groups and ACLs of the VPC named by the outputs."""
    inside = {"Filters": [{"Name": "vpc-id", "Values": [outputs.vpc_id]}]}
    groups = aws.pages("ec2", "describe_security_groups", "SecurityGroups", **inside)
    acls = aws.pages("ec2", "describe_network_acls", "NetworkAcls", **inside)
    return Firewalls(
        groups={raw["GroupId"]: _group(raw) for raw in groups},
        acls=tuple(_acl(raw) for raw in acls),
    )


def _group(raw: dict[str, Any]) -> SecurityGroup:
    return SecurityGroup(
        name=raw["GroupId"],
        tags=by_key(raw.get("Tags")),
        group_name=raw["GroupName"],
        ingress=tuple(rule for permission in raw["IpPermissions"] for rule in _rules(permission)),
        egress=tuple(rule for permission in raw["IpPermissionsEgress"] for rule in _rules(permission)),
    )


def _rules(permission: dict[str, Any]) -> Iterator[Rule]:
    peers = {
        "IpRanges": "CidrIp",
        "Ipv6Ranges": "CidrIpv6",
        "UserIdGroupPairs": "GroupId",
        "PrefixListIds": "PrefixListId",
    }
    for kind, key in peers.items():
        for peer in permission.get(kind, ()):
            yield Rule(
                protocol=permission["IpProtocol"],
                first_port=permission.get("FromPort"),
                last_port=permission.get("ToPort"),
                peer=peer[key],
            )


def _acl(raw: dict[str, Any]) -> NetworkAcl:
    return NetworkAcl(
        name=raw["NetworkAclId"],
        tags=by_key(raw.get("Tags")),
        made_by_aws=raw["IsDefault"],
        is_default=raw["IsDefault"],
        subnet_ids=tuple(association["SubnetId"] for association in raw["Associations"]),
        entries=tuple(
            AclEntry(
                number=entry["RuleNumber"],
                egress=entry["Egress"],
                allows=entry["RuleAction"] == "allow",
                protocol=entry["Protocol"],
                first_port=entry.get("PortRange", {}).get("From", 0),
                last_port=entry.get("PortRange", {}).get("To", 65535),
                cidr=entry.get("CidrBlock") or entry.get("Ipv6CidrBlock", ""),
            )
            for entry in raw["Entries"]
        ),
    )
