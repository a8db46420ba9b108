"""What is in the account already is told apart: this stack's own, another state's, another team's, nobody's."""

from __future__ import annotations

from typing import Any

import pytest
from unit.steps.stand_in import outcome, resource

from runbook_lib.neighbours import ACCOUNT, STAGE, LoggingRole, logging_role_is_free, stack_is_nowhere_else, strangers
from runbook_lib.plan import Plan
from runbook_lib.results import Status

VPC = "arn:aws:ec2:us-east-1:1:vpc/vpc-0a1b2c3d4e5f60718"
ROLE, THEIRS = "arn:aws:iam::1:role/ours", "arn:aws:iam::1:role/another-team"
TAGS = {"Environment": "staging", "Suffix": "demo"}


@pytest.mark.parametrize(
    ("state", "unknown"),
    [
        ([], True),
        ([{"id": "x", "outputs": {"arn": VPC}}], False),
        ([{"id": "vpc-0a1b2c3d4e5f60718"}], False),
        ([{"id": "vpc-0a1b2c3d4e5f60719"}], True),
        ([{"id": "db", "outputs": {"masterUserSecrets": [{"secretArn": VPC}]}}], False),
        ([{"id": "x", "inputs": {"name": "vpc"}}], True),
    ],
    ids=str,
)
def test_what_the_state_knows_is_no_stranger(state: list[dict[str, Any]], *, unknown: bool) -> None:
    assert strangers([VPC], state) == ([VPC] if unknown else [])


def test_a_name_that_is_another_resource_s_is_no_proof() -> None:
    """The function is in the state, the group of its name is not."""
    group = "arn:aws:logs:us-east-1:1:log-group:payments-staging-demo"
    assert strangers([group], [{"id": "payments-staging-demo", "outputs": {"name": "payments-staging-demo"}}]) == [group]
    assert strangers([group], [{"id": "x", "outputs": {"arn": f"{group}:*"}}]) == []


def test_backups_are_in_nobody_s_state_and_in_nobody_s_way() -> None:
    """Their tags are those of their database, which is one."""
    place = "arn:aws:rds:us-east-1:1"
    backups = [
        f"{place}:snapshot:rds:db-2026-11-24-03-00",
        f"{place}:snapshot:last",
        f"{place}:cluster-snapshot:c",
        f"{place}:auto-backup:ab-1",
    ]
    assert strangers([*backups, f"{place}:db:payments-db"], []) == [f"{place}:db:payments-db"]


def test_a_stack_that_is_elsewhere_too_is_told_with_where() -> None:
    found = stack_is_nowhere_else(TAGS, [VPC, ROLE], [VPC], "s3://mine", ["s3://before"])
    assert found.status is Status.FAIL
    assert all(text in found.message for text in ("1 of 2", VPC, "s3://mine", "s3://before"))
    assert "PULUMI_BACKEND_URL" in found.remedy


@pytest.mark.parametrize("carrying", [[], [VPC]])
def test_a_first_deployment_and_one_that_goes_on_pass(carrying: list[str]) -> None:
    assert stack_is_nowhere_else(TAGS, carrying, [], "s3://mine", ["s3://before"]).status is Status.PASS


def plan(*ops: str, stage: bool = True) -> Plan:
    stages = [resource(STAGE, "staging")] if stage else []
    return outcome(*stages, *(resource(ACCOUNT, "logging", op, {}, cloudwatchRoleArn=ROLE) for op in ops)).plan


@pytest.mark.parametrize(
    ("ops", "now", "there", "ours", "status", "said"),
    [
        (("create",), "", False, "", Status.PASS, "nobody's"),
        (("create",), THEIRS, True, "", Status.FAIL, f"{THEIRS}, which is not this stack's; the plan would replace it"),
        (("create",), THEIRS, False, "", Status.PASS, "nobody's"),  # the role is gone: what is left is a word
        (("same",), ROLE, True, ROLE, Status.PASS, "this stack's own"),
        (("update",), THEIRS, True, ROLE, Status.FAIL, "would replace it"),
        (("same",), "", False, ROLE, Status.PASS, "nobody's"),
        (("delete",), THEIRS, True, ROLE, Status.FAIL, "would empty it"),
        (("delete",), ROLE, True, ROLE, Status.FAIL, "sets none"),
        ((), THEIRS, True, "", Status.PASS, "used as it is"),
        ((), "", False, "", Status.FAIL, "sets none"),
        ((), THEIRS, False, "", Status.FAIL, "sets none"),
    ],
)
def test_another_team_s_logging_role_is_left_alone(
    ops: tuple[str, ...], now: str, *, there: bool, ours: str, status: Status, said: str
) -> None:
    found = logging_role_is_free(plan(*ops), LoggingRole(now, there, ours))
    assert found is not None
    assert (found.status, said in found.message) == (status, True), found.message
    assert bool(found.remedy) is (status is Status.FAIL)


def test_a_plan_without_an_api_says_nothing_of_its_logs() -> None:
    assert logging_role_is_free(plan(stage=False), LoggingRole(THEIRS, there=True, ours="")) is None
