"""IAM itself, the emulator's, is asked what users and roles may do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib import settings
from runbook_lib.aws import Aws, Target
from runbook_lib.preflight import permissions
from runbook_lib.preflight.simulating import simulate
from runbook_lib.rehearsal.emulator import Emulator
from runbook_lib.results import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
BOTH = ("read-only", "deploy")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with Emulator.start(tmp_path_factory.mktemp("iam") / "log") as emulator:
        yield Aws(Target(region="us-east-1", endpoint=emulator.endpoint))


def document(name: str) -> str:
    return (settings.home() / "docs" / "policies" / f"{name}.json").read_text()


def user(aws: Aws, name: str, *attached: str) -> str:
    iam = aws.client("iam")
    arn = str(iam.create_user(UserName=name)["User"]["Arn"])
    for each in attached:
        iam.put_user_policy(UserName=name, PolicyName=each, PolicyDocument=document(each))
    return arn


def test_a_user_with_the_published_policies_may_do_all(aws: Aws) -> None:
    found = simulate(aws, user(aws, "deployer", *BOTH), BOTH)
    assert [each.status for each in permissions.findings(found)] == [Status.PASS, Status.PASS]
    assert list(permissions.warnings(found)) == []


def test_a_user_who_only_looks_is_told_what_deploying_takes(aws: Aws) -> None:
    looking, deploying = permissions.findings(simulate(aws, user(aws, "looker", "read-only"), BOTH))
    assert (looking.status, deploying.status) == (Status.PASS, Status.FAIL)
    assert "ec2:CreateVpc" in deploying.message
    assert "docs/policies/deploy.json" in deploying.message


def test_one_action_denied_is_found_among_all(aws: Aws) -> None:
    arn = user(aws, "almost", *BOTH)
    refused = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "rds:CreateDBInstance", "Resource": "*"}]}
    aws.client("iam").put_user_policy(UserName="almost", PolicyName="not", PolicyDocument=json.dumps(refused))
    found = simulate(aws, arn, BOTH)
    assert [each.denied for each in found.decided] == [(), ("rds:CreateDBInstance",)]


@pytest.mark.parametrize("path", ["/", "/team/"])
def test_a_session_is_judged_by_its_role_wherever_that_lies(aws: Aws, path: str) -> None:
    iam: Any = aws.client("iam")
    name = f"ops{len(path)}"
    role = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="look", PolicyDocument=document("read-only"))
    found = simulate(aws, f"arn:aws:sts::000000000000:assumed-role/{name}/somebody", ("read-only",))
    assert (found.principal, found.decided[0].asked) == (role, sum(map(len, permissions.published("read-only").values())))
    if path == "/":  # the emulator does not find a role's policies by an ARN with a path
        assert [each.status for each in permissions.findings(found)] == [Status.PASS]


def test_root_is_nobody_whom_policies_limit(aws: Aws) -> None:
    found = simulate(aws, aws.identity(), BOTH)
    assert (found.principal, found.decided) == ("", ())
