"""N3: who may talk to whom, and that nobody else may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Recorded, Stack

ANYWHERE = "0.0.0.0/0"


def rules(stack: Stack, direction: str, group: str) -> list[tuple[int, int, str]]:
    """Give a group's rules as (from port, to port, address range or name of the other group)."""
    names = {one.id: one.name for one in stack.of("ec2:SecurityGroup")}
    return sorted(
        (
            one.inputs["fromPort"],
            one.inputs["toPort"],
            one.inputs.get("cidrIpv4") or names[one.inputs["referencedSecurityGroupId"]],
        )
        for one in stack.of(f"vpc:SecurityGroup{direction}Rule")
        if names[one.inputs["securityGroupId"]] == group
    )


@pytest.mark.parametrize(
    ("group", "ingress", "egress"),
    [
        ("alb", [(80, 80, ANYWHERE), (443, 443, ANYWHERE)], []),
        ("lambda", [], [(443, 443, ANYWHERE), (5432, 5432, "database")]),
        ("database", [(5432, 5432, "lambda")], []),
    ],
)
def test_each_group_has_exactly_these_rules(
    stack: Stack, group: str, ingress: list[tuple[int, int, str]], egress: list[tuple[int, int, str]]
) -> None:
    assert rules(stack, "Ingress", group) == ingress
    assert rules(stack, "Egress", group) == egress


def test_no_rule_is_for_all_protocols(stack: Stack) -> None:
    found = [*stack.of("vpc:SecurityGroupIngressRule"), *stack.of("vpc:SecurityGroupEgressRule")]
    assert {one.inputs["ipProtocol"] for one in found} == {"tcp"}


def test_no_group_has_rules_of_its_own(stack: Stack) -> None:
    """Inline rules would silently fight with the rule resources."""
    groups = [*stack.of("ec2:SecurityGroup"), stack.one("ec2:DefaultSecurityGroup")]
    assert [one.id for one in groups if "ingress" in one.inputs or "egress" in one.inputs] == []
    assert len(groups) == 4


def test_the_default_group_of_the_vpc_is_closed(stack: Stack) -> None:
    assert stack.one("ec2:DefaultSecurityGroup").inputs["vpcId"] == stack.one("ec2:Vpc").id


def acl_rules(stack: Stack, tier: str, *, egress: bool) -> set[tuple[int, int, str]]:
    acl = stack.one("ec2:NetworkAcl", tier).id
    return {
        (one.inputs["fromPort"], one.inputs["toPort"], one.inputs["cidrBlock"])
        for one in stack.of("ec2:NetworkAclRule")
        if one.inputs["networkAclId"] == acl and one.inputs["egress"] is egress
    }


def test_from_outside_only_answers_reach_the_private_tier(stack: Stack) -> None:
    vpc = stack.one("ec2:Vpc").inputs["cidrBlock"]
    assert acl_rules(stack, "private", egress=False) == {
        (443, 443, vpc),
        (5432, 5432, vpc),
        (1024, 65535, ANYWHERE),
    }
    assert acl_rules(stack, "private", egress=True) == {
        (443, 443, ANYWHERE),
        (5432, 5432, vpc),
        (1024, 65535, vpc),
    }


def test_the_public_tier_takes_http_https_and_answers(stack: Stack) -> None:
    assert acl_rules(stack, "public", egress=False) == {
        (80, 80, ANYWHERE),
        (443, 443, ANYWHERE),
        (1024, 65535, ANYWHERE),
    }
    assert acl_rules(stack, "public", egress=True) == {(443, 443, ANYWHERE), (1024, 65535, ANYWHERE)}


def test_every_subnet_has_the_acl_of_its_tier(stack: Stack) -> None:
    tiers = {one.id: one.inputs["tags"]["Tier"] for one in stack.of("ec2:Subnet")}
    acls: dict[str, Recorded] = {one.id: one for one in stack.of("ec2:NetworkAcl")}
    found = {one.inputs["subnetId"]: acls[one.inputs["networkAclId"]].name for one in stack.of("ec2:NetworkAclAssociation")}
    assert found == tiers


def test_rule_numbers_are_unique_in_each_direction_of_each_acl(stack: Stack) -> None:
    keys = [
        (one.inputs["networkAclId"], one.inputs["egress"], one.inputs["ruleNumber"]) for one in stack.of("ec2:NetworkAclRule")
    ]
    assert len(keys) == len(set(keys)) == 11
