from __future__ import annotations

import pytest
from unit.gates.healthy_plan import CONTEXT, HEALTHY, document, operation, with_operation
from unit.gates.rows_grants import ACCOUNT, GITHUB, RESOURCE_POLICIES, allowed, asking, attaching, on, subject, trusting
from unit.gates.test_gates import failed

from runbook_lib import gates
from runbook_lib.gates.registry import GATES
from runbook_lib.gates.sdk import resource_class
from runbook_lib.plan import GENERATED, Plan
from runbook_lib.results import Status, verdict

NARROW = {
    "a topic of an account": asking(ArnLike={"aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:*"}),
    "a bucket": asking(ArnLike={"aws:SourceArn": "arn:aws:s3:::payments-audit"}),
    "an organization": asking(StringEquals={"aws:PrincipalOrgID": "o-abc123"}),
    "a path in one": asking(**{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc123/*"}}),
    "an office": asking(IpAddress={"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/48"]}),
    "private networks": asking(IpAddress={"aws:SourceIp": "10.0.0.0/8"}),
    "an endpoint": asking(StringEquals={"aws:SourceVpce": "vpce-1a2b3c4d"}),
    "a role's sessions": asking(StringLike={"aws:userid": "AROAEXAMPLEROLEID1:*"}),
    "one account, and whatever else": asking(StringEquals={"AWS:SourceAccount": ACCOUNT}, Bool={"aws:SecureTransport": "true"}),
    "a repository": trusting({"Federated": GITHUB}, Condition=subject("repo:example/payments:*")),
    "an owner": trusting({"Federated": GITHUB}, Condition=subject("repo:example/*")),
    "an identity pool": trusting(
        {"Federated": "cognito-identity.amazonaws.com"},
        Condition={"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:1234"}},
    ),
    "a SAML provider": trusting(
        {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"},
        Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    ),
    "a named bucket": on("arn:aws:s3:::payments-*/audit/*"),
    "a named table's indexes": on("arn:aws:dynamodb:us-east-1:111122223333:table/payments/index/*"),
    "an API": on("arn:aws:execute-api:us-east-1:111122223333:abcde12345/*"),
    "a log group": on("arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/payments:*"),
    "a role passed on to what runs": allowed("iam:PassRole", resources=[f"arn:aws:iam::{ACCOUNT}:role/payments"]),
    "roles within a boundary": allowed("iam:PutRolePolicy", resources=[f"arn:aws:iam::{ACCOUNT}:role/payments"], Condition={
        "StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary"}}),
    "a function's log": attaching("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
    "a policy on its own resource": with_operation(
        operation("aws:secretsmanager/secretPolicy:SecretPolicy", "p", {"policy": document(
            "secretsmanager:GetSecretValue", resources=["*"], Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"})})
    ),
}  # fmt: skip


@pytest.mark.parametrize("plan", NARROW.values(), ids=NARROW)
def test_who_and_what_is_named_passes(plan: Plan) -> None:
    """A gate that refused these would be switched off."""
    assert failed(plan) == set()


def test_the_types_with_policies_are_the_sdks() -> None:
    """A name that is no property would make its row say nothing."""
    for token, name in RESOURCE_POLICIES.items():
        assert name in {getter._pulumi_name for getter in _getters(token)}, token


def _getters(token: str) -> list:
    values = (value.fget for value in vars(resource_class(token)).values() if isinstance(value, property))
    return [getter for getter in values if hasattr(getter, "_pulumi_name")]


def test_a_policy_that_the_plan_makes_is_known_wherever_it_is_attached() -> None:
    for name, arn in (("payments", "payments"), (GENERATED, "own-1a2b3c4"), (GENERATED, "path/own-1a2b3c4")):
        policy = operation("aws:iam/policy:Policy", "own", {"name": name, "policy": document("s3:PutObject")})
        attached = operation("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {
            "policyArn": f"arn:aws:iam::{ACCOUNT}:policy/{arn}"})  # fmt: skip
        assert failed(with_operation(policy, attached)) == set()


def test_a_policy_inside_of_what_is_not_known_yet_is_named() -> None:
    role = operation("aws:iam/role:Role", "later-staging-demo", {"name": "l-staging-demo", "inlinePolicies": [
        {"name": "n", "policy": "<computed>"}]})  # fmt: skip
    said = [f.message for f in gates.judge(with_operation(role), CONTEXT) if f.check == "grants_are_narrow"]
    assert "known only after the update: audit-Policy, later-staging-demo." in said[-1]


def test_what_is_not_known_yet_is_named_and_not_passed_over_in_silence() -> None:
    [finding] = GATES.rules()["grants_are_narrow"].findings(HEALTHY, CONTEXT)
    assert "known only after the update: audit-Policy" in finding.message


def test_policies_that_were_not_known_are_judged_when_they_are() -> None:
    """A program may say then what no plan of it showed."""
    wide = operation("aws:s3/bucketPolicy:BucketPolicy", "audit-Policy", {"policy": document("s3:*")})
    for policy, expected in (
        (wide, Status.FAIL),
        (wide.model_copy(update={"inputs": {"policy": document("s3:PutObject")}}), Status.PASS),
    ):
        applied = Plan(operations=tuple(policy if op.name == "audit-Policy" else op for op in HEALTHY.operations))
        assert verdict(gates.judge_known_later(HEALTHY, applied, CONTEXT)) is expected
    assert gates.judge_known_later(applied, applied, CONTEXT) == (), "02 has read them all"
