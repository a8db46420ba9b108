# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""EC2: network ACLs, their rules, and which subnets they hold for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import GoneError, Properties, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource, ids_filter
from runbook_lib.rehearsal.provider.ec2_permissions import ALL
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

NAMES = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": ALL}
LAST = 32767  # the rule at the end that denies everything; AWS's, in every list
MISSING = frozenset({"InvalidNetworkAclID.NotFound"})


def entry_of(rule: Properties, number: str = "ruleNo", action: str = "action") -> dict[str, Any]:
    """EC2's entry for a rule; the inline and the separate form differ in two names."""
    protocol = NAMES.get(str(rule["protocol"]).lower(), str(rule["protocol"]))
    entry: dict[str, Any] = {"RuleNumber": int(rule[number]), "RuleAction": rule[action], "Protocol": protocol}
    for name, argument in (("cidrBlock", "CidrBlock"), ("ipv6CidrBlock", "Ipv6CidrBlock")):
        if rule.get(name):
            entry[argument] = rule[name]
    if protocol != ALL:
        entry["PortRange"] = {"From": int(rule.get("fromPort") or 0), "To": int(rule.get("toPort") or 0)}
    if protocol in ("1", "58"):
        entry["IcmpTypeCode"] = {"Type": int(rule.get("icmpType") or 0), "Code": int(rule.get("icmpCode") or 0)}
    return entry


def rule_of(entry: dict[str, Any], number: str = "ruleNo", action: str = "action") -> Properties:
    """The rule for EC2's entry, with the protocol by name."""
    name = {value: key for key, value in NAMES.items() if key != "all"}.get(entry["Protocol"], entry["Protocol"])
    ports = entry.get("PortRange") or {}
    rule = {
        number: int(entry["RuleNumber"]),
        action: entry["RuleAction"],
        "protocol": name,
        "fromPort": int(ports.get("From", 0)),
        "toPort": int(ports.get("To", 0)),
        "cidrBlock": entry.get("CidrBlock"),
        "ipv6CidrBlock": entry.get("Ipv6CidrBlock"),
    }
    return {key: value for key, value in rule.items() if value is not None}


class Acl(Ec2Resource):
    """What the ACL types share."""

    def _describe(self, aws: Session, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = only(self.client(aws).describe_network_acls(NetworkAclIds=[id_])["NetworkAcls"])
        return found

    def _move(self, aws: Session, subnets: set[str], acl: str) -> None:
        """Put subnets under ``acl``: AWS only ever replaces an association, there is none to make or remove."""
        for subnet in sorted(subnets):
            answer = self.client(aws).describe_network_acls(Filters=ids_filter("association.subnet-id", subnet))
            for each in only(answer["NetworkAcls"])["Associations"]:
                if each["SubnetId"] == subnet:
                    self.client(aws).replace_network_acl_association(
                        AssociationId=each["NetworkAclAssociationId"], NetworkAclId=acl
                    )

    def _default(self, aws: Session, vpc: str) -> str:
        filters = ids_filter("vpc-id", vpc) + ids_filter("default", "true")
        return str(only(self.client(aws).describe_network_acls(Filters=filters)["NetworkAcls"])["NetworkAclId"])


@resource("aws:ec2/networkAcl:NetworkAcl")
class NetworkAcl(Acl):
    """A stateless firewall around subnets, with its rules and subnets where the program gives them inline."""

    kind = "network-acl"
    replace_on = frozenset({"vpcId"})
    sets = frozenset({"ingress", "egress", "subnetIds"})
    absent = MISSING

    def create(self, aws: Session, inputs: Properties) -> str:
        answer = self.client(aws).create_network_acl(VpcId=inputs["vpcId"], **self.tag_specifications(inputs))
        return str(answer["NetworkAcl"]["NetworkAclId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        acl = self._describe(aws, id_)
        for side in {"ingress", "egress"} & changed:
            self._set(aws, acl, side, new.get(side) or [])
        if "subnetIds" in changed:
            there, wanted = _subnets(acl), set(new.get("subnetIds") or [])
            self._move(aws, wanted - there, id_)
            if there - wanted:
                self._move(aws, there - wanted, self._default(aws, acl["VpcId"]))

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        acl = self._describe(aws, id_)
        live: Properties = {side: self._side(acl, side, state) for side in ("ingress", "egress") if side in state}
        if "subnetIds" in state:
            live["subnetIds"] = sorted(_subnets(acl))
        return live | {
            "arn": aws.arn("ec2", f"network-acl/{id_}"),
            "vpcId": acl["VpcId"],
            "ownerId": acl.get("OwnerId", aws.account),
            "tagsAll": tag_map(acl.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        acl = self._describe(aws, id_)
        subnets = _subnets(acl)
        if subnets:
            self._move(aws, subnets, self._default(aws, acl["VpcId"]))
        self.client(aws).delete_network_acl(NetworkAclId=id_)

    def _side(self, acl: dict[str, Any], side: str, state: Properties) -> list[Properties]:
        """The live rules, each as the state spells it if it says the same."""
        spelled = {_key(entry_of(rule)): rule for rule in state.get(side) or []}
        return [spelled.get(_key(entry), rule_of(entry)) for entry in _entries(acl, side)]

    def _set(self, aws: Session, acl: dict[str, Any], side: str, rules: list[Properties]) -> None:
        where = {"NetworkAclId": acl["NetworkAclId"], "Egress": side == "egress"}
        there = {_key(entry): entry for entry in _entries(acl, side)}
        wanted = {_key(entry): entry for entry in map(entry_of, rules)}
        for key in there.keys() - wanted.keys():
            self.client(aws).delete_network_acl_entry(**where, RuleNumber=there[key]["RuleNumber"])
        for key in wanted.keys() - there.keys():
            self.client(aws).create_network_acl_entry(**where, **wanted[key])


@resource("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
class DefaultNetworkAcl(NetworkAcl):
    """The ACL that every VPC has: taken over, set to the rules given (none by default), and never removed."""

    replace_on = frozenset({"defaultNetworkAclId"})
    tags_on_create = False

    def create(self, aws: Session, inputs: Properties) -> str:
        return str(inputs["defaultNetworkAclId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        super().configure(aws, id_, new, changed | {"ingress", "egress"})

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        live = super().read(aws, id_, {"ingress": [], "egress": []} | state)
        return None if live is None else live | {"defaultNetworkAclId": id_}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """AWS does not let it be deleted."""


@resource("aws:ec2/networkAclRule:NetworkAclRule")
class NetworkAclRule(Acl):
    """One rule of an ACL."""

    replace_on = frozenset({"networkAclId", "ruleNumber", "egress", "protocol", "ruleAction", "cidrBlock", "ipv6CidrBlock"}) | {
        "fromPort",
        "toPort",
        "icmpType",
        "icmpCode",
    }
    absent = MISSING | {"InvalidNetworkAclEntry.NotFound"}
    delete_before_replace = True
    conflict = "CreateNetworkAclEntry: NetworkAclEntryAlreadyExists"

    def create(self, aws: Session, inputs: Properties) -> str:
        entry = entry_of(inputs, "ruleNumber", "ruleAction")
        egress = bool(inputs.get("egress"))
        self.client(aws).create_network_acl_entry(NetworkAclId=inputs["networkAclId"], Egress=egress, **entry)
        return self.id_of(inputs)

    def there(self, aws: Session, inputs: Properties) -> str | None:
        return self.standing(aws, self.id_of(inputs), inputs)

    def id_of(self, inputs: Properties) -> str:
        """The id that it has: a side of an ACL has each number once."""
        side = "egress" if inputs.get("egress") else "ingress"
        return f"nacl-{inputs['networkAclId']}-{side}-{int(inputs['ruleNumber'])}"

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        side = "egress" if state.get("egress") else "ingress"
        for entry in _entries(self._describe(aws, state["networkAclId"]), side):
            if int(entry["RuleNumber"]) == int(state["ruleNumber"]):
                live = rule_of(entry, "ruleNumber", "ruleAction")
                if _key(entry) == _key(entry_of(state, "ruleNumber", "ruleAction")):
                    live = {key: state[key] for key in live if key in state}
                return live | {"networkAclId": state["networkAclId"], "egress": side == "egress"}
        return None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_network_acl_entry(
            NetworkAclId=state["networkAclId"], Egress=bool(state.get("egress")), RuleNumber=int(state["ruleNumber"])
        )


@resource("aws:ec2/networkAclAssociation:NetworkAclAssociation")
class NetworkAclAssociation(Acl):
    """Which ACL holds for a subnet; it is found by its subnet, because AWS's association id changes with the ACL."""

    replace_on = frozenset({"networkAclId", "subnetId"})
    absent = MISSING
    delete_before_replace = True

    def create(self, aws: Session, inputs: Properties) -> str:
        self._move(aws, {inputs["subnetId"]}, inputs["networkAclId"])
        for each in self._describe(aws, inputs["networkAclId"])["Associations"]:
            if each["SubnetId"] == inputs["subnetId"]:
                return str(each["NetworkAclAssociationId"])
        raise GoneError

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        if state["subnetId"] not in _subnets(self._describe(aws, state["networkAclId"])):
            return None
        return {"networkAclId": state["networkAclId"], "subnetId": state["subnetId"]}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        acl = self._describe(aws, state["networkAclId"])
        if state["subnetId"] in _subnets(acl):
            self._move(aws, {state["subnetId"]}, self._default(aws, acl["VpcId"]))


def _subnets(acl: dict[str, Any]) -> set[str]:
    return {each["SubnetId"] for each in acl.get("Associations", ())}


def _entries(acl: dict[str, Any], side: str) -> list[dict[str, Any]]:
    entries = [entry for entry in acl.get("Entries", ()) if entry["Egress"] == (side == "egress")]
    return [entry for entry in entries if int(entry["RuleNumber"]) < LAST]


def _key(entry: dict[str, Any]) -> str:
    rule = rule_of(entry)
    if rule["protocol"] == ALL:
        rule |= {"fromPort": 0, "toPort": 0}
    return repr(sorted(rule.items()))
