"""The published policies, and what is said of a caller who lacks something of them."""

from __future__ import annotations

import pytest

from runbook_lib import settings
from runbook_lib.preflight import permissions
from runbook_lib.preflight.facts import Decided, Permissions
from runbook_lib.rehearsal import policies
from runbook_lib.results import Status

WHO = "arn:aws:iam::111122223333:role/deployer"
ALL = Decided(policy="deploy", denied=(), provider=(), conditions=(), asked=137)
NAMES = ("read-only", "deploy", "change", "drills")
"""In the order in which a caller is held to them; nobody is held to what is asked on demand only."""
LONGEST = 6144
"""Characters that a managed policy may have, white space not counted (IAM quotas)."""


def judged(**changes: object) -> tuple[list[Status], str, list[str]]:
    found = Permissions(principal=WHO, unasked="", decided=(ALL.model_copy(update=changes),))
    said = list(permissions.findings(found))
    return (
        [each.status for each in said],
        " ".join(f"{each.message} {each.remedy}" for each in said),
        list(permissions.warnings(found)),
    )


def test_who_may_do_everything_passes() -> None:
    assert judged()[0::2] == ([Status.PASS], [])


def test_what_is_missing_is_named_with_the_policy_that_allows_it() -> None:
    statuses, said, _ = judged(denied=("ec2:CreateVpc", "iam:PassRole"))
    assert statuses == [Status.FAIL]
    assert "ec2:CreateVpc, iam:PassRole (docs/policies/deploy.json)" in said


def test_a_denial_that_hangs_on_a_condition_is_unknown() -> None:
    statuses, said, _ = judged(denied=("ec2:CreateVpc",), conditions=("aws:MultiFactorAuthPresent",))
    assert (statuses, "aws:MultiFactorAuthPresent" in said) == ([Status.UNKNOWN], True)


def test_what_only_the_provider_may_need_is_a_warning() -> None:
    statuses, _, warned = judged(policy="change", provider=("rds:ModifyDBInstance",), asked=1)
    assert statuses == []  # nothing of it was shown to be needed, nor all of it to be there
    assert "rds:ModifyDBInstance" in warned[0]


def test_nobody_asked_is_said() -> None:
    nobody = Permissions(principal="", unasked="somebody said so.", decided=())
    assert (list(permissions.findings(nobody)), *permissions.warnings(nobody)) == (
        [],
        "Permissions were not looked at: somebody said so.",
    )
    assert permissions.unanswered("AccessDenied").status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("told", "drills", "held_to"),
    [
        ("deploy", True, NAMES),
        ("deploy", False, NAMES[:3]),
        ("read-only", True, NAMES[:1]),
        ("unasked", True, ()),
    ],
)
def test_a_caller_is_held_to_what_the_run_does(told: str, held_to: tuple[str, ...], *, drills: bool) -> None:
    assert permissions.wanted(told, drills=drills) == held_to


@pytest.mark.parametrize("name", [*NAMES, "on-demand"])
def test_a_published_policy_can_be_attached(name: str) -> None:
    """IAM takes it: not too long, and every action is one of AWS's (as the policy generator of AWS lists them)."""
    text = (settings.home() / "docs" / "policies" / f"{name}.json").read_text()
    assert len("".join(text.split())) <= LONGEST
    actions = [action for listed in permissions.published(name).values() for action in listed]
    assert actions
    assert {action for action in actions if action.lower() not in policies.actions()} == set()


def test_policies_do_not_repeat_each_other_nor_open_secrets() -> None:
    actions = [
        action
        for name in ("read-only", "deploy", "drills")
        for listed in permissions.published(name).values()
        for action in listed
    ]
    assert len(actions) == len(set(actions)) > 150
    assert not {"secretsmanager:GetSecretValue", "kms:Decrypt"}.intersection(actions)


VPC = {
    "typeName": "AWS::EC2::VPC",
    "tagging": {"permissions": ["ec2:CreateTags", "ec2:DeleteTags"]},
    "handlers": {
        "create": {"permissions": ["ec2:CreateVpc"]},
        "read": {"permissions": ["ec2:DescribeVpcs", "kms:Decrypt"]},
        "update": {"permissions": ["ec2:ModifyVpcTenancy"]},
    },
}
OTHER = {"typeName": "AWS::EMR::VPC", "handlers": {"create": {"permissions": ["ec2:CreateVpc", "emr:CreateVpc"]}}}
NEVER_MADE = {"typeName": "AWS::EC2::Fleet", "handlers": {"create": {"permissions": ["ec2:CreateFleet", "ec2:CreateVpc"]}}}


class TestGenerated:
    @staticmethod
    def event(name: str, step: str, second: int, *, drills: bool = False) -> dict[str, object]:
        return {"event": name, "step": step, "at": f"2026-11-24T03:00:{second:02}+00:00", "parameters": {"drills": drills}}

    def test_a_request_belongs_to_the_step_that_made_it(self) -> None:
        events = [
            self.event("notebook.started", "02_plan", 1), self.event("notebook.ended", "02_plan", 2),
            self.event("notebook.started", "03_deploy", 3), self.event("notebook.ended", "03_deploy", 4),
            self.event("notebook.started", "04_verify", 5, drills=True), self.event("notebook.ended", "04_verify", 6),
        ]  # fmt: skip
        lines = ["00 sts:GetCallerIdentity", "01 a:Look", "03 a:Look", "04 a:Make", "05 a:Look", "05 a:Make", "06 a:Break"]
        found = policies.asked([f"2026-11-24T03:00:{line[:2]}+00:00{line[2:]}" for line in lines], events)
        assert found == {"read-only": {"sts:GetCallerIdentity", "a:Look"}, "deploy": {"a:Make"}, "drills": {"a:Break"}}

    def test_what_no_request_shows_comes_from_the_registry(self) -> None:
        recorded = {
            "read-only": frozenset({"ec2:DescribeTags"}),
            "deploy": frozenset({"ec2:CreateVpc"}),
            "drills": frozenset[str](),
        }
        made = policies.documents(recorded, [OTHER, VPC, NEVER_MADE], policies.actions())
        actions = {name: {each["Sid"]: each["Action"] for each in document["Statement"]} for name, document in made.items()}
        assert actions == {
            "read-only": {
                "Needed": ["ec2:DescribeTags", "iam:GetRole", "iam:SimulatePrincipalPolicy"],
                "ForTheProvider": ["ec2:DescribeVpcs"],
            },
            "deploy": {"Needed": ["ec2:CreateTags", "ec2:CreateVpc", "ec2:DeleteTags", "iam:PassRole"]},
            "change": {"ForTheProvider": ["ec2:ModifyVpcTenancy"]},
            "drills": {},
            "on-demand": {"Needed": ["ce:GetCostAndUsage", "cloudwatch:GetMetricData", "pricing:GetProducts"]},
        }
