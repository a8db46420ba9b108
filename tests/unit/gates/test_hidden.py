"""What decides and is not in the plan, because only the update will know it or because it is secret, is no PASS."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from unit.gates.healthy_plan import CONTEXT, operation, with_operation

from runbook_lib import gates
from runbook_lib.plan import COMPUTED, Operation, Plan
from runbook_lib.results import Status
from runbook_lib.signatures import SECRET, SIGNATURE

HIDDEN = {"computed": COMPUTED, "secret": {SIGNATURE: SECRET, "value": "[secret]"}}
INGRESS, LEGACY = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:ec2/securityGroupRule:SecurityGroupRule"
SSH: dict[str, Any] = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
OLD_SSH: dict[str, Any] = {"type": "ingress", "protocol": "tcp", "fromPort": 22, "toPort": 22}
MSK = {"kafkaVersion": "3.8.x", "clusterName": "it-staging-demo"}


def rows(hidden: Any) -> list[tuple[str, dict[str, Any], str]]:
    """Type, inputs, and the gate that cannot tell."""
    return [
        ("aws:rds/clusterInstance:ClusterInstance", {"publiclyAccessible": hidden}, "nothing_is_public"),
        ("aws:s3/bucketAcl:BucketAcl", {"acl": hidden}, "nothing_is_public"),
        ("aws:eks/cluster:Cluster", {"version": "1.35", "vpcConfig": {"endpointPublicAccess": hidden}}, "nothing_is_public"),
        ("aws:sagemaker/notebookInstance:NotebookInstance", {"directInternetAccess": hidden}, "nothing_is_public"),
        ("aws:transfer/server:Server", {"endpointType": hidden}, "nothing_is_public"),
        ("aws:ebs/volume:Volume", {"encrypted": hidden}, "storage_is_encrypted"),
        ("aws:kinesis/stream:Stream", {"encryptionType": hidden}, "storage_is_encrypted"),
        ("aws:ec2/launchTemplate:LaunchTemplate", {"blockDeviceMappings": [{"ebs": {"encrypted": hidden}}]},
         "storage_is_encrypted"),
        ("aws:rds/proxy:Proxy", {"requireTls": hidden}, "traffic_is_encrypted"),
        ("aws:msk/cluster:Cluster", {**MSK, "encryptionInfo": {"encryptionInTransit": {"clientBroker": hidden}}},
         "traffic_is_encrypted"),
        (INGRESS, {**SSH, "cidrIpv4": hidden}, "nothing_faces_internet"),
        (INGRESS, {**SSH, "fromPort": hidden, "cidrIpv4": "0.0.0.0/0"}, "nothing_faces_internet"),
        (INGRESS, {**SSH, "ipProtocol": hidden, "cidrIpv4": "0.0.0.0/0"}, "nothing_faces_internet"),
        (LEGACY, {**OLD_SSH, "cidrBlocks": hidden}, "nothing_faces_internet"),
        (LEGACY, {**OLD_SSH, "cidrBlocks": [hidden]}, "nothing_faces_internet"),
        ("aws:ec2/securityGroup:SecurityGroup", {"ingress": hidden}, "nothing_faces_internet"),
        ("aws:ec2/securityGroup:SecurityGroup", {"ingress": [hidden]}, "nothing_faces_internet"),
        ("aws:lambda/function:Function", {"runtime": hidden}, "runtimes_supported"),
        ("aws:eks/cluster:Cluster", {"version": hidden, "vpcConfig": {"endpointPublicAccess": False}}, "services_supported"),
        ("aws:rds/cluster:Cluster", {"engine": "postgres", "engineVersion": hidden}, "databases_supported"),
        ("aws:rds/cluster:Cluster", {"engine": "postgres", "engineVersion": hidden}, "engine_version_offered"),
    ]  # fmt: skip


def found(op: Operation, gate: str) -> list[tuple[Status, str]]:
    """What a gate that does not pass says of one operation."""
    judged = gates.judge(with_operation(op), CONTEXT)
    return [(each.status, each.message) for each in judged if each.check == gate and each.status is not Status.PASS]


@pytest.mark.parametrize("why", HIDDEN)
@pytest.mark.parametrize("number", range(len(rows(None))), ids=[f"{row[0].split(':')[2]}-{row[2]}" for row in rows(None)])
def test_what_the_plan_does_not_show_is_unknown(number: int, why: str) -> None:
    type_, inputs, gate = rows(HIDDEN[why])[number]
    [(status, said)] = found(operation(type_, "it-staging-demo", inputs), gate)
    assert status is Status.UNKNOWN, said
    assert "the rule itself broke" not in said
    assert SIGNATURE not in said


def test_what_only_names_something_made_by_the_same_plan_is_not_in_question() -> None:
    """An integration's address, a group's name: computed at every first deployment."""
    for type_, inputs in (
        ("aws:apigateway/integration:Integration", {"uri": COMPUTED}),
        ("aws:iam/userGroupMembership:UserGroupMembership", {"user": "u", "groups": [COMPUTED]}),
        ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", {"group": COMPUTED, "policyArn": COMPUTED}),
    ):
        assert found(operation(type_, "it-staging-demo", inputs), "nothing_is_public") == []


PERMISSION, ATTACHED = "aws:lambda/permission:Permission", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INVOKE = {"function": "f", "action": "lambda:InvokeFunction"}


@pytest.mark.parametrize(
    ("type_", "name", "wrong", "right"),
    [
        (PERMISSION, "principal", "*", "arn:aws:iam::111122223333:role/caller"),
        (ATTACHED, "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess",
         "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
    ],
)  # fmt: skip
def test_who_is_let_in_and_what_is_attached_is_judged_once_it_is_known(type_: str, name: str, wrong: str, right: str) -> None:
    """The plan passes: the same program makes the role. What it turned out to be, 03 looks at."""

    def plan(value: str) -> Plan:
        return with_operation(
            operation(type_, "it-staging-demo", {**(INVOKE if type_ == PERMISSION else {"role": "r"}), name: value})
        )

    agreed = plan(COMPUTED)
    assert all(each.status is Status.PASS for each in gates.judge(agreed, CONTEXT))
    for value, status in ((wrong, Status.FAIL), (right, Status.PASS)):
        later = gates.judge_known_later(agreed, plan(value), CONTEXT)
        assert {each.status for each in later if each.resource == "it-staging-demo"} <= {status}
        assert any(each.status is Status.FAIL for each in later) is (status is Status.FAIL)
    assert not any(each.resource == "it-staging-demo" for each in gates.judge_known_later(plan(right), plan(wrong), CONTEXT))


def test_a_principal_that_is_secret_is_unknown() -> None:
    op = operation(PERMISSION, "it-staging-demo", {**INVOKE, "principal": HIDDEN["secret"]})
    assert [status for status, _ in found(op, "functions_are_closed")] == [Status.UNKNOWN]


def test_a_pulumi_secret_in_a_variable_is_in_clear_whatever_it_is_called() -> None:
    inputs = {"runtime": "python3.13", "environment": {"variables": {"A": HIDDEN["secret"]}}}
    [(status, said)] = found(operation("aws:lambda/function:Function", "it-staging-demo", inputs), "secrets_stay_out")
    assert (status, said) == (Status.FAIL, "it-staging-demo is given values in A.")


@pytest.mark.parametrize(
    "text",
    [
        "export AWS_SECRET_ACCESS_KEY=q3ZkLx8Vn2TzR7mWb5YcJd0PfHs6GuKe1AaXo9Ip",
        "DB_PASSWORD=qanary-qanary",
        "Server=h;User Id=u;Password=qanary-qanary;",
        "#!/bin/sh\nset -e\nexport TOKEN='qanary'\n",
        "#!/bin/sh\ncurl postgresql://u:qanary@h/db\n",
    ],
)
@pytest.mark.parametrize("encoded", [False, True])
def test_a_script_s_credentials_are_seen_in_base64_too(text: str, *, encoded: bool) -> None:
    said = base64.b64encode(text.encode()).decode() if encoded else text
    op = operation("aws:ec2/launchTemplate:LaunchTemplate", "it-staging-demo", {"name": "it-staging-demo", "userData": said})
    assert [status for status, _ in found(op, "secrets_stay_out")] == [Status.FAIL]
