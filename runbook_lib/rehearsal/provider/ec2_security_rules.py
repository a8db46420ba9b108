# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""EC2: single security group rules, in pulumi-aws's current form and in its older one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import GoneError, Properties, given, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource
from runbook_lib.rehearsal.provider.ec2_permissions import ALL, Atom, atoms_of, live_atoms, protocol_name
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

IDENTITY = frozenset({"securityGroupId"})
SOURCES = {
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupId",
}
PORTS = {"ipProtocol": "IpProtocol", "fromPort": "FromPort", "toPort": "ToPort"}


class SecurityGroupSideRule(Ec2Resource):
    """One rule of one source; the two sides differ only in what EC2's calls are named."""

    side: str
    kind = "security-group-rule"
    replace_on = IDENTITY
    absent = frozenset({"InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound"})
    delete_before_replace = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.conflict = f"AuthorizeSecurityGroup{cls.side.capitalize()}: InvalidPermission.Duplicate"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        return duplicate(self.client(aws), inputs["securityGroupId"], self.side, live_atoms([self._permission(inputs)]))

    def create(self, aws: Session, inputs: Properties) -> str:
        permissions = [self._permission(inputs)]
        authorize = getattr(self.client(aws), f"authorize_security_group_{self.side}")
        answer = authorize(GroupId=inputs["securityGroupId"], IpPermissions=permissions, **self.tag_specifications(inputs))
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def _permission(self, rule: Properties) -> Properties:
        listed = {
            "cidrIpv4": ("IpRanges", "CidrIp"),
            "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
            "prefixListId": ("PrefixListIds", "PrefixListId"),
            "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
        }
        described = given(rule, Description="description")
        permission = given(rule, **{argument: name for name, argument in PORTS.items()})
        for name, (group, one) in listed.items():
            if rule.get(name):
                permission[group] = [{one: rule[name], **described}]
        return permission

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        names = {argument: name for name, argument in (PORTS | SOURCES).items()}
        rule = given(new, Description="description", **names)
        if new["ipProtocol"] == "-1":
            rule |= {"FromPort": -1, "ToPort": -1}
        self.client(aws).modify_security_group_rules(
            GroupId=new["securityGroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": id_, "SecurityGroupRule": rule}],
        )

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        answer = self.client(aws).describe_security_group_rules(SecurityGroupRuleIds=[id_])
        rule = only(answer["SecurityGroupRules"])
        sources = {name: rule.get(argument) for name, argument in SOURCES.items()}
        sources["referencedSecurityGroupId"] = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
        every = protocol_name(rule["IpProtocol"]) == "-1"  # EC2 then says -1 for both ports
        ports = {} if every else {"fromPort": rule.get("FromPort"), "toPort": rule.get("ToPort")}
        return {
            **sources,
            **ports,
            "ipProtocol": rule["IpProtocol"],
            "description": rule.get("Description"),
            "securityGroupId": rule["GroupId"],
            "securityGroupRuleId": id_,
            "arn": aws.arn("ec2", f"security-group-rule/{id_}"),
            "tagsAll": tag_map(rule.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        revoke = getattr(self.client(aws), f"revoke_security_group_{self.side}")
        revoke(GroupId=state["securityGroupId"], SecurityGroupRuleIds=[id_])


@resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
class SecurityGroupIngressRule(SecurityGroupSideRule):
    """What is let in."""

    side = "ingress"


@resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
class SecurityGroupEgressRule(SecurityGroupSideRule):
    """What is let out."""

    side = "egress"


@resource("aws:ec2/securityGroupRule:SecurityGroupRule")
class SecurityGroupRule(Ec2Resource):
    """The older form: one protocol and port range, several sources; known by its contents, having no id in EC2."""

    replace_on = frozenset(
        {"securityGroupId", "type", "protocol", "fromPort", "toPort", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds"}
    ) | {"self", "sourceSecurityGroupId", "description"}
    sets = frozenset({"cidrBlocks", "ipv6CidrBlocks", "prefixListIds"})
    absent = frozenset({"InvalidGroup.NotFound", "InvalidPermission.NotFound"})
    delete_before_replace = True
    conflict = "AuthorizeSecurityGroup: InvalidPermission.Duplicate"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        return duplicate(self.client(aws), inputs["securityGroupId"], inputs["type"], set(self._atoms(inputs)))

    def create(self, aws: Session, inputs: Properties) -> str:
        atoms = self._atoms(inputs)
        self._call(aws, "authorize", inputs, atoms)
        source = "_".join(atom.source for atom in atoms)
        return f"sgrule-{inputs['securityGroupId']}_{inputs['type']}_{atoms[0].protocol}_{atoms[0].from_port}_{source}"

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        group = only(self.client(aws).describe_security_groups(GroupIds=[state["securityGroupId"]])["SecurityGroups"])
        live = live_atoms(group["IpPermissions" if state["type"] == "ingress" else "IpPermissionsEgress"])
        if not set(self._atoms(state)) <= live:
            return None
        names = ("securityGroupId", "type", "protocol", "fromPort", "toPort")
        return {name: state[name] for name in names}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self._call(aws, "revoke", state, self._atoms(state))

    def _call(self, aws: Session, verb: str, rule: Properties, atoms: list[Atom]) -> None:
        side = "ingress" if rule["type"] == "ingress" else "egress"
        call = getattr(self.client(aws), f"{verb}_security_group_{side}")
        call(GroupId=rule["securityGroupId"], IpPermissions=[atom.permission() for atom in atoms])

    def _atoms(self, rule: Properties) -> list[Atom]:
        if not rule.get("securityGroupId"):
            raise GoneError
        source = rule.get("sourceSecurityGroupId")
        named = {**rule, "securityGroups": [source] if source else []}
        return sorted(atoms_of([named], rule["securityGroupId"]))


def duplicate(ec2: Any, group: str, side: str, wanted: set[Atom]) -> str | None:
    """The first of ``wanted`` that a group already allows, whatever its description, in words; None if there is none."""
    described = only(ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"])
    allowed = {atom.allows for atom in live_atoms(described["IpPermissions" if side == "ingress" else "IpPermissionsEgress"])}
    for atom in sorted(wanted):
        if atom.allows in allowed:
            ports = "" if atom.protocol == ALL else f" {atom.from_port}-{atom.to_port}"
            return f"{group} {side} {atom.protocol}{ports} {atom.source}"
    return None
