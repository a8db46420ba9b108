"""A2, K1: who may do what; no action with a star, and each resource `*` on a list with its reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import ACCOUNT, statements

if TYPE_CHECKING:
    from .conftest import Recorded, Stack

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
# Sid of each identity statement over resource `*`, and why AWS offers nothing narrower.
EVERYTHING = {
    "Trace": "X-Ray segments have no ARN",
    "AttachToVpc": "Lambda checks the role for `*` when it attaches a function",
    "NotFromCode": "a denial",
    "WriteLogs": "API Gateway checks its logging role for `*`",
}


def documents(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """Read every policy document of the stack."""
    found = {}
    for one in stack.aws:
        for key in ("policy", "assumeRolePolicy"):
            if isinstance(one.inputs.get(key), str):
                found[f"{one.id}.{key}"] = json.loads(one.inputs[key])["Statement"]
    assert len(found) >= 14
    return found


def granted(statement: dict[str, Any]) -> bool:
    return statement["Effect"] == "Allow"


def test_nothing_is_granted_by_a_star_in_an_action(stack: Stack) -> None:
    offenders = [
        (where, action)
        for where, found in documents(stack).items()
        for statement in found
        if granted(statement)
        for action in statement["Action"]
        if "*" in action
    ]
    assert offenders == []


def test_nobody_is_everybody_unless_a_condition_names_who(stack: Stack) -> None:
    anybody = [
        (where, statement["Sid"])
        for where, found in documents(stack).items()
        for statement in found
        if granted(statement) and statement.get("Principal") in ("*", {"AWS": "*"})
    ]
    assert anybody == [("aws:ec2/vpcEndpoint:VpcEndpoint::s3.policy", "WriteAudit")]


def test_identity_policies_name_their_resources_but_for_these(stack: Stack) -> None:
    found = [statement for one in stack.of("iam:RolePolicy") for statement in statements(one)]
    starred = {statement["Sid"] for statement in found if "*" in statement["Resource"]}
    assert starred == set(EVERYTHING)


def test_each_function_has_a_role_of_its_own(stack: Stack) -> None:
    roles = [one.inputs["role"] for one in stack.of("lambda:Function")]
    assert len(roles) == len(set(roles)) == 2


def sids(stack: Stack, name: str) -> dict[str, dict[str, Any]]:
    return {one["Sid"]: one for one in statements(stack.one("iam:RolePolicy", name))}


def test_only_the_payments_function_writes_audit_objects_and_it_can_do_nothing_else_to_them(stack: Stack) -> None:
    payments, schema = sids(stack, "payments"), sids(stack, "schema")
    assert set(payments) - set(schema) == {"PutAudit", "EncryptAudit"}
    s3 = [action for one in payments.values() for action in one["Action"] if action.startswith("s3:")]
    assert s3 == ["s3:PutObject"]
    assert payments["PutAudit"]["Resource"] == [f"arn:aws:s3:::payments-audit-{ACCOUNT}-staging-t1/audit/*"]


def test_a_function_reads_the_database_secret_and_no_other(stack: Stack) -> None:
    secret = f"{stack.one('rds:Instance').id}.secret"
    assert {tuple(sids(stack, name)["ReadDatabaseSecret"]["Resource"]) for name in ("payments", "schema")} == {(secret,)}


def test_a_function_cannot_touch_network_interfaces_from_its_code(stack: Stack) -> None:
    both = sids(stack, "payments")
    assert both["NotFromCode"]["Effect"] == "Deny"
    assert both["NotFromCode"]["Action"] == both["AttachToVpc"]["Action"]
    assert both["NotFromCode"]["Condition"] == {
        "ArnEquals": {"lambda:SourceFunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:payments-staging-t1"}
    }


class TestKeys:
    """K1: who uses which key for what."""

    def key(self, stack: Stack, name: str) -> Recorded:
        return stack.one("kms:Key", name)

    @pytest.mark.parametrize("name", ["database", "audit", "operations"])
    def test_every_key_rotates(self, stack: Stack, name: str) -> None:
        assert self.key(stack, name).inputs["enableKeyRotation"] is True

    @pytest.mark.parametrize("name", ["database", "audit", "operations"])
    def test_an_administrator_may_not_use_a_key(self, stack: Stack, name: str) -> None:
        [administer] = [one for one in statements(self.key(stack, name)) if "Condition" not in one]
        assert administer["Principal"] == {"AWS": ROOT}
        verbs = {action.removeprefix("kms:") for action in administer["Action"]}
        assert not [verb for verb in verbs if verb.startswith(("Decrypt", "Encrypt", "Generate", "ReEncrypt", "Sign"))]
        assert "CreateGrant" not in verbs
        assert {"PutKeyPolicy", "ScheduleKeyDeletion"} <= verbs

    @pytest.mark.parametrize(
        ("name", "principals"),
        [
            ("database", {ROOT}),
            ("audit", {"aws:iam/role:Role::payments-function.arn", ROOT}),
            ("operations", {"logs.us-east-1.amazonaws.com", "cloudwatch.amazonaws.com"}),
        ],
    )
    def test_use_is_granted_to_these_and_always_under_a_condition(self, stack: Stack, name: str, principals: set[str]) -> None:
        use = [one for one in statements(self.key(stack, name)) if one["Sid"] != "Administer"]
        assert {who for one in use for who in one["Principal"].values()} == principals
        assert all(one["Condition"] for one in use)

    def test_the_audit_role_only_writes_to_the_audit_bucket_and_through_s3(self, stack: Stack) -> None:
        [write] = [one for one in statements(self.key(stack, "audit")) if one["Sid"] == "WriteAudit"]
        assert write["Action"] == ["kms:GenerateDataKey"]
        assert write["Condition"]["StringEquals"] == {
            "kms:CallerAccount": ACCOUNT,
            "kms:ViaService": ["s3.us-east-1.amazonaws.com"],
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::payments-audit-{ACCOUNT}-staging-t1",
        }

    def test_logs_are_encrypted_for_this_stacks_groups_only(self, stack: Stack) -> None:
        [logs] = [one for one in statements(self.key(stack, "operations")) if one["Sid"] == "EncryptLogs"]
        [groups] = logs["Condition"]["ArnLike"].values()
        assert f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*-staging-t1*" in groups
        assert f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*" not in groups
