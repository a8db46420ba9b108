"""Completes MiniStack's network ACLs: which ACL holds for a subnet, and the ports of a rule, which it forgets.

As in AWS every subnet is under exactly one ACL, its VPC's default one at first; replacing the association moves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import ec2

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.query_handlers import Answer, Handler, Parameters

# MiniStack's own helpers and stores; private, and pinned with its version.
value: Callable[..., str] = ec2._p  # noqa: SLF001  # see above
acls: dict[str, dict[str, Any]] = ec2._network_acls  # noqa: SLF001  # see above
subnets: dict[str, dict[str, Any]] = ec2._subnets  # noqa: SLF001  # see above
actions: dict[str, Handler] = ec2._ACTION_MAP  # noqa: SLF001  # see above
entry_xml: Callable[[dict[str, Any]], str] = ec2._network_acl_entry_xml  # noqa: SLF001  # see above


def install() -> None:
    """Put these answers in front of MiniStack's."""
    ec2._network_acl_entry_xml = _entry_xml  # noqa: SLF001  # MiniStack's describe calls it by this name
    for name in ("CreateNetworkAclEntry", "ReplaceNetworkAclEntry"):
        actions[name] = _with_ports(actions[name])
    actions["DescribeNetworkAcls"] = _describe(actions["DescribeNetworkAcls"])
    actions["ReplaceNetworkAclAssociation"] = _replace(actions["ReplaceNetworkAclAssociation"])


def _entry_xml(entry: dict[str, Any]) -> str:
    ports = entry.get("PortRange")
    icmp = entry.get("Icmp")
    added = f"<portRange><from>{ports[0]}</from><to>{ports[1]}</to></portRange>" if ports else ""
    added += f"<icmpTypeCode><type>{icmp[0]}</type><code>{icmp[1]}</code></icmpTypeCode>" if icmp else ""
    head, closing, tail = entry_xml(entry).rpartition("</item>")
    return head + added + closing + tail


def _with_ports(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        answer = original(request)
        number, egress = int(value(request, "RuleNumber") or 0), value(request, "Egress") == "true"
        for entry in acls[value(request, "NetworkAclId")]["Entries"] if answer[0] == 200 else ():  # noqa: PLR2004  # HTTP's OK
            if (entry["RuleNumber"], entry["Egress"]) == (number, egress):
                for key, first, last in (("PortRange", "PortRange.From", "PortRange.To"), ("Icmp", "Icmp.Type", "Icmp.Code")):
                    if value(request, first):
                        entry[key] = (value(request, first), value(request, last))
        return answer

    return handler


def _describe(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        _associate()
        wanted = ec2._parse_filters(request).get("association.subnet-id")  # noqa: SLF001  # see above
        if wanted:
            holding = [acl["NetworkAclId"] for acl in acls.values() if _under(acl) & set(wanted)]
            request = request | {f"NetworkAclId.{index}": [id_] for index, id_ in enumerate(holding or ["acl-none"], 1)}
        return original(request)

    return handler


def _replace(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        _associate()
        asked = value(request, "AssociationId")
        every = [each for acl in acls.values() for each in acl["Associations"]]
        moved = [each["SubnetId"] for each in every if each["NetworkAclAssociationId"] == asked]
        answer = original(request)
        if moved and value(request, "NetworkAclId") in acls:
            acls[value(request, "NetworkAclId")]["Associations"][-1]["SubnetId"] = moved[0]
        return answer

    return handler


def _under(acl: dict[str, Any]) -> set[str]:
    return {each["SubnetId"] for each in acl["Associations"]}


def _associate() -> None:
    """Put new subnets under their VPC's default ACL, and forget those that are gone."""
    for acl in acls.values():
        acl["Associations"] = [each for each in acl["Associations"] if each["SubnetId"] in subnets]
    held = set().union(*(_under(acl) for acl in acls.values())) if acls else set()
    for id_, subnet in subnets.items():
        for acl in acls.values() if id_ not in held else ():
            if acl["VpcId"] == subnet["VpcId"] and acl["IsDefault"]:
                name = f"aclassoc-{id_.removeprefix('subnet-')}"
                acl["Associations"].append({"NetworkAclAssociationId": name, "SubnetId": id_})
