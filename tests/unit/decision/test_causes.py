"""Whoever deletes or replaces is told what forces it, whose change that is, in which order, and what is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.decision.planned import STACK, replaced, step, urn

from runbook_lib.decision import causes, needs_of
from runbook_lib.plan import COMPUTED, Plan
from runbook_lib.signatures import UNKNOWN_ID

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.decision.causes import Cause

VPC, SUBNET, RULE = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP, DATABASE, TABLE = "aws:ec2/securityGroup:SecurityGroup", "aws:rds/instance:Instance", "aws:dynamodb/table:Table"


def explained(*steps: dict[str, Any], needs: dict[str, dict[str, list[str]]] | None = None) -> list[Cause]:
    return causes(Plan.of(steps), needs or {})


def test_the_forcing_property_is_told_with_both_values() -> None:
    steps = replaced(
        VPC,
        "vpc",
        {"cidrBlock": "10.0.0.0/16", "tags": {"a": "1"}},
        {"cidrBlock": "10.1.0.0/16", "tags": {"a": "2"}},
        keys=["cidrBlock"],
    )
    (cause,) = explained(*steps)
    assert [(each.path, each.old, each.new, each.by) for each in cause.forced] == [
        ("cidrBlock", "10.0.0.0/16", "10.1.0.0/16", ())
    ]


def test_a_path_is_as_exact_as_the_provider_says() -> None:
    detailed = {"a.b[0]": "update-replace", "a.c": "update"}
    (cause,) = explained(
        *replaced(VPC, "vpc", {"a": {"b": ["x"], "c": 1}}, {"a": {"b": ["y"], "c": 2}}, keys=["a"], detailedDiff=detailed)
    )
    assert [(each.path, each.old, each.new) for each in cause.forced] == [("a.b[0]", "x", "y")]


@pytest.mark.parametrize(("first", "order"), [("create", "create first"), ("delete", "delete first")])
def test_which_comes_first_is_told(first: str, order: str) -> None:
    assert explained(*replaced(VPC, "vpc", {"a": "1"}, {"a": "2"}, keys=["a"], first=first))[0].order == order


def test_whose_change_it_is_comes_from_what_the_property_is_made_of() -> None:
    """And only of what changes itself: the value of what stays is known."""
    steps = [
        *replaced(VPC, "vpc", {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}, keys=["cidrBlock"]),
        *replaced(SUBNET, "a", {"vpcId": "vpc-1"}, {"vpcId": UNKNOWN_ID}, keys=["vpcId"]),
        step("same", VPC, "other", {}, {}),
    ]
    needs = {urn(SUBNET, "a"): {"vpcId": [urn(VPC, "vpc"), urn(VPC, "other")]}}
    root, follower = explained(*steps, needs=needs)
    assert (root.name, root.follows, follower.name, follower.follows) == ("vpc", False, "a", True)
    assert [(each.new, each.by) for each in follower.forced] == [(COMPUTED, (f"replace {VPC} vpc",))]


def test_what_needs_something_that_is_deleted_first_is_replaced_with_it() -> None:
    steps = [
        *replaced(GROUP, "db", {"vpcId": "vpc-1"}, {"vpcId": "vpc-2"}, keys=["vpcId"], first="delete"),
        *replaced(RULE, "in", {"securityGroupId": "sg-1"}, {"securityGroupId": UNKNOWN_ID}, keys=[], first="delete"),
    ]
    _, rule = explained(*steps, needs={urn(RULE, "in"): {"securityGroupId": [urn(GROUP, "db")]}})
    assert [(each.path, each.by) for each in rule.forced] == [
        ("securityGroupId", (f"replace {GROUP} db, which is deleted first",))
    ]


def test_where_nobody_says_nothing_is_made_up() -> None:
    (cause,) = explained(*replaced(RULE, "in", {"a": "1"}, {"a": "2"}, keys=[]))
    assert (cause.forced, cause.follows) == ((), False)


@pytest.mark.parametrize(
    ("type_", "old", "flags", "data"),
    [
        (TABLE, {}, {}, "lost"),
        (DATABASE, {"skipFinalSnapshot": True}, {}, "lost"),
        (DATABASE, {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "f"}, {}, "lost, but for a final snapshot"),
        (TABLE, {}, {"retainOnDelete": True}, "kept: only the record is deleted (retainOnDelete)"),
        (VPC, {}, {}, "holds none"),
    ],
)
def test_what_becomes_of_the_data(type_: str, old: dict[str, Any], flags: dict[str, Any], data: str) -> None:
    (cause,) = explained(step("delete", type_, "x", old, **flags))
    assert (cause.data, cause.loses) == (data, data.startswith("lost"))


def test_a_component_that_goes_holds_nothing_of_its_own() -> None:
    """What it stood for is told resource by resource."""
    gone = step("delete", "payments:api:Account", "account", {}) | {"provider": ""}
    assert [cause.name for cause in explained(gone, step("delete", VPC, "v", {}))] == ["v"]


def test_what_loses_data_comes_first() -> None:
    found = explained(step("delete", VPC, "a", {}), step("delete", TABLE, "z", {}))
    assert [cause.name for cause in found] == ["z", "a"]


def test_what_properties_are_made_of_is_read_from_pulumi_s_plan(tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    saved.write_text('{"resourcePlans": {"u": {"goal": {"propertyDependencies": {"p": ["v"]}}}, "gone": {"steps": ["delete"]}}}')
    assert needs_of(saved) == {"u": {"p": ["v"]}, "gone": {}}
    assert needs_of(None) == {}


def test_the_stack_of_the_tests_is_one() -> None:
    assert urn(VPC, "a").startswith(STACK)
