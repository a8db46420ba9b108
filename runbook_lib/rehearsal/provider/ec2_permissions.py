"""Security group rules in Pulumi's form and in EC2's: pure conversions, shared by the group and the rule types.

EC2 knows permissions: protocol and ports with many sources. The smallest thing both sides agree on is an *atom*: one
protocol, one port range, one source, one description.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# Pulumi's list of sources, EC2's list of them, and the name of one source in EC2's list.
SOURCES = (
    ("cidrBlocks", "IpRanges", "CidrIp"),
    ("ipv6CidrBlocks", "Ipv6Ranges", "CidrIpv6"),
    ("prefixListIds", "PrefixListIds", "PrefixListId"),
    ("securityGroups", "UserIdGroupPairs", "GroupId"),
)
ALL = "-1"
NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": ALL}


class Atom(NamedTuple):
    """One permission for one source; ``kind`` is Pulumi's name of the list that the source is in."""

    protocol: str
    from_port: int
    to_port: int
    kind: str
    source: str
    description: str

    @property
    def allows(self) -> tuple[str, int, int, str, str]:
        """What EC2 compares: the same with another description is the same permission."""
        return (self.protocol, *((0, 0) if self.protocol == ALL else (self.from_port, self.to_port)), self.kind, self.source)

    def permission(self) -> dict[str, Any]:
        """EC2's form."""
        listed, one = next((listed, one) for kind, listed, one in SOURCES if kind == self.kind)
        described = {"Description": self.description} if self.description else {}
        ports = {} if self.protocol == ALL else {"FromPort": self.from_port, "ToPort": self.to_port}
        return {"IpProtocol": self.protocol, **ports, listed: [{one: self.source, **described}]}


def protocol_name(protocol: Any) -> str:
    """One name for a protocol that may be given by name or by number."""
    return NUMBERS.get(str(protocol).lower(), str(protocol).lower())


def atoms_of(rules: list[dict[str, Any]], group: str) -> set[Atom]:
    """The atoms of Pulumi's rules in the security group ``group``."""
    return {
        Atom(*_range(rule), kind, source, rule.get("description") or "")
        for rule in rules
        for kind, source in _sources(rule, group)
    }


def live_atoms(permissions: list[dict[str, Any]]) -> set[Atom]:
    """The atoms of EC2's permissions."""
    return {
        Atom(
            protocol_name(permission["IpProtocol"]),
            int(permission.get("FromPort", 0)),
            int(permission.get("ToPort", 0)),
            kind,
            each[one],
            each.get("Description", ""),
        )
        for permission in permissions
        for kind, listed, one in SOURCES
        for each in permission.get(listed, ())
    }


def rules_of(atoms: set[Atom], group: str) -> list[dict[str, Any]]:
    """Atoms as Pulumi's rules: one per protocol, ports and description."""
    rules: dict[tuple[str, int, int, str], dict[str, Any]] = {}
    for atom in sorted(atoms):
        key = (atom.protocol, atom.from_port, atom.to_port, atom.description)
        ports = {"protocol": atom.protocol, "fromPort": atom.from_port, "toPort": atom.to_port}
        rule = rules.setdefault(key, ports | ({"description": atom.description} if atom.description else {}))
        if atom.kind == "securityGroups" and atom.source == group:
            rule["self"] = True
        else:
            rule.setdefault(atom.kind, []).append(atom.source)
    return list(rules.values())


def _range(rule: dict[str, Any]) -> tuple[str, int, int]:
    return protocol_name(rule["protocol"]), int(rule["fromPort"]), int(rule["toPort"])


def _sources(rule: dict[str, Any], group: str) -> list[tuple[str, str]]:
    sources = [(kind, source) for kind, _, _ in SOURCES for source in rule.get(kind) or []]
    return [*sources, ("securityGroups", group)] if rule.get("self") else sources
