# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""EC2: security groups, and the default one of a VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.base import Properties, given, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource, ids_filter
from runbook_lib.rehearsal.provider.ec2_permissions import atoms_of, live_atoms, rules_of
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

SIDES = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
LISTS = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups")


@resource("aws:ec2/securityGroup:SecurityGroup")
class SecurityGroup(Ec2Resource):
    """A firewall around network interfaces.

    Like pulumi-aws it starts with no rule at all: the one that lets everything out, which AWS puts into a new group, is
    removed. A side (``ingress``, ``egress``) that the program does not give is left to rule resources.
    """

    kind = "security-group"
    autoname: ClassVar[str | None] = "name"
    replace_on = frozenset({"name", "description", "vpcId"})
    sets = frozenset({*SIDES, *(f"{side}.{name}" for side in SIDES for name in LISTS)})
    absent = frozenset({"InvalidGroup.NotFound"})
    supports = frozenset({"name", "description", "vpcId", "revokeRulesOnDelete", *SIDES})
    defaults: ClassVar[Properties] = {"description": "Managed by Pulumi"}

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(inputs, GroupName="name", Description="description", VpcId="vpcId")
        answer = self.client(aws).create_security_group(**arguments, **self.tag_specifications(inputs))
        return str(answer["GroupId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        for side in SIDES:
            # On creation everything given is "changed": that is when AWS's own egress rule goes.
            if side in changed or (side == "egress" and "name" in changed):
                self._set(aws, id_, side, new.get(side) or [])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        group = self._describe(aws, id_)
        live = {side: self._side(group, side, state) for side in SIDES if side in state}
        return live | {
            "arn": aws.arn("ec2", f"security-group/{id_}"),
            "name": group["GroupName"],
            "description": group["Description"],
            "vpcId": group.get("VpcId"),
            "ownerId": group.get("OwnerId", aws.account),
            "tagsAll": tag_map(group.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        if state.get("revokeRulesOnDelete"):
            for side in SIDES:
                self._set(aws, id_, side, [])
        self.client(aws).delete_security_group(GroupId=id_)

    def _describe(self, aws: Session, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = only(self.client(aws).describe_security_groups(GroupIds=[id_])["SecurityGroups"])
        return found

    def _side(self, group: dict[str, Any], side: str, state: Properties) -> list[Properties]:
        """The live rules; as the state groups them if they are the same."""
        live, recorded = live_atoms(group.get(SIDES[side], [])), state.get(side) or []
        same = live == atoms_of(recorded, group["GroupId"])
        return recorded if same else rules_of(live, group["GroupId"])

    def _set(self, aws: Session, id_: str, side: str, rules: list[Properties]) -> None:
        ec2 = self.client(aws)
        there, wanted = live_atoms(self._describe(aws, id_).get(SIDES[side], [])), atoms_of(rules, id_)
        gone = [atom.permission() for atom in sorted(there - wanted)]
        added = [atom.permission() for atom in sorted(wanted - there)]
        if gone:
            getattr(ec2, f"revoke_security_group_{side}")(GroupId=id_, IpPermissions=gone)
        if added:
            getattr(ec2, f"authorize_security_group_{side}")(GroupId=id_, IpPermissions=added)


@resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
class DefaultSecurityGroup(SecurityGroup):
    """The group that every VPC has: taken over, stripped to the rules given (none by default), and never removed."""

    autoname: ClassVar[str | None] = None
    replace_on = frozenset({"vpcId"})
    supports = frozenset({"vpcId", "revokeRulesOnDelete", *SIDES})
    defaults: ClassVar[Properties] = {}
    tags_on_create = False

    def create(self, aws: Session, inputs: Properties) -> str:
        here = ids_filter("vpc-id", inputs["vpcId"]) if inputs.get("vpcId") else []
        filters = [*here, *ids_filter("group-name", "default")]
        return str(only(self.client(aws).describe_security_groups(Filters=filters)["SecurityGroups"])["GroupId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        for side in SIDES:
            self._set(aws, id_, side, new.get(side) or [])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        return super().read(aws, id_, {side: [] for side in SIDES} | state)

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """AWS does not let it be deleted."""
