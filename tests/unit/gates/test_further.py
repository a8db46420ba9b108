"""What strangers found that gates passed over, and what they refused wrongly."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from unit.gates.healthy_plan import CONTEXT, operation, with_operation
from unit.gates.test_hidden import found

from runbook_lib import gates
from runbook_lib.rehearsal import policies
from runbook_lib.results import Status
from runbook_lib.snapshot.policies import WITHOUT_RESOURCE, without_resource

CONNECTION, QUEUE = "aws:cloudwatch/eventConnection:EventConnection", "aws:sqs/queuePolicy:QueuePolicy"
ROLE, BALANCER = "aws:iam/rolePolicy:RolePolicy", "aws:lb/loadBalancer:LoadBalancer"
OF_OPEN_TELEMETRY = {"cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"}
"""A dataset, the one resource they have, holds OpenTelemetry's metrics; those of a namespace have none."""
TASK = {"States": {"S": {"Parameters": {"Password": "qanary-q"}}}}


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def said(type_: str, inputs: dict[str, Any], gate: str) -> list[Status]:
    return [status for status, _ in found(operation(type_, "it-staging-demo", inputs), gate)]


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        (CONNECTION, {"authParameters": {"basic": {"username": "u", "password": "qanary-q"}}}),
        ("aws:mq/broker:Broker", {"users": [{"username": "u", "password": "qanary-q"}]}),
        ("aws:opensearch/domain:Domain", {"advancedSecurityOptions": {"masterUserOptions": {"masterUserPassword": "qanary-q"}}}),
        (
            "aws:sfn/stateMachine:StateMachine",
            {"definition": json.dumps(TASK)},
        ),
        ("aws:ssm/parameter:Parameter", {"name": "/x/db_password", "type": "String", "value": "qanary-q"}),
    ],
)
def test_a_password_is_seen_however_deep(type_: str, inputs: dict[str, Any]) -> None:
    assert Status.FAIL in said(type_, inputs, "secrets_stay_out")


def test_what_only_names_a_password_is_none() -> None:
    for type_, inputs in (
        ("aws:ssm/parameter:Parameter", {"name": "/x/db_password", "type": "SecureString", "value": {"x": 1}}),
        ("aws:ssm/parameter:Parameter", {"name": "/x/db_password_arn", "type": "String", "value": "arn:aws:secretsmanager:a"}),
        (CONNECTION, {"authParameters": {"basic": {"username": "u", "password": "<computed>"}}}),
    ):
        assert said(type_, inputs, "secrets_stay_out") == []


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("aws:cloudwatch/eventPermission:EventPermission", {"principal": "*", "statementId": "s"}),
        ("aws:ssm/document:Document", {"permissions": {"type": "Share", "account_ids": "All"}}),
        ("aws:ec2/vpcEndpointService:VpcEndpointService", {"allowedPrincipals": ["*"], "acceptanceRequired": False}),
        ("aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple", {"principalArn": "*"}),
        ("aws:msk/cluster:Cluster", {"kafkaVersion": "3.8.x", "brokerNodeGroupInfo": {
            "connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}}}}),
        ("aws:apigatewayv2/api:Api", {"protocolType": "HTTP", "target": "arn:aws:lambda:x", "routeKey": "POST /"}),
        ("aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration", {"blockPublicSecurityGroupRules": False}),
    ],
)  # fmt: skip
def test_what_is_open_by_an_input_that_is_no_policy_is_refused(type_: str, inputs: dict[str, Any]) -> None:
    assert Status.FAIL in said(type_, inputs, "nothing_is_public")


def test_a_bus_that_is_open_to_one_organisation_is_not_public() -> None:
    inputs = {
        "principal": "*",
        "statementId": "s",
        "condition": {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-1"},
    }
    assert said("aws:cloudwatch/eventPermission:EventPermission", inputs, "nothing_is_public") == []


@pytest.mark.parametrize(
    ("condition", "refused"),
    [
        ({}, True),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:alarms"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::payments-uploads"}}, False),
        ({"ArnLike": {"aws:SourceArn": "*"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)
def test_a_service_acts_for_somebody_who_is_named(condition: dict[str, Any], *, refused: bool) -> None:
    """As for the permissions of functions (AWS: confused deputy)."""
    text = policy(Action="sqs:SendMessage", Resource="*", Principal={"Service": "sns.amazonaws.com"}, Condition=condition)
    assert (said(QUEUE, {"queueUrl": "u", "policy": text}, "grants_are_narrow") != []) is refused


@pytest.mark.parametrize(
    "action",
    ["ecr:GetAuthorizationToken", "cloudwatch:PutMetricData", "sts:GetCallerIdentity", "s3:ListAllMyBuckets",
     "ec2:DescribeInstances", "ssmmessages:OpenDataChannel"],
)  # fmt: skip
def test_what_aws_has_no_resource_for_may_be_granted_on_everything(action: str) -> None:
    assert said(ROLE, {"role": "r", "policy": policy(Action=action, Resource="*")}, "grants_are_narrow") == []
    assert said(ROLE, {"role": "r", "policy": policy(Action="s3:GetObject", Resource="*")}, "grants_are_narrow") != []


@pytest.mark.parametrize("service", [
    "acm", "autoscaling", "ce", "cloudwatch", "ec2", "ecr", "kms", "lambda", "logs", "pricing", "route53", "s3", "secretsmanager",
    "sns", "ssm", "sts", "xray",
])  # fmt: skip
def test_what_aws_has_a_resource_for_is_named(service: str) -> None:
    """AWS's own list says of which actions; an instance's attributes, as one of them, have its user data."""
    resources = policies.actions()
    operations = botocore.session.get_session().get_service_model(service).operation_names
    free = {f"{service}:{name}" for name in operations if without_resource(f"{service}:{name}")} - WITHOUT_RESOURCE.keys()
    assert {action for action in free if resources.get(action.lower())} <= OF_OPEN_TELEMETRY


@pytest.mark.parametrize("action", ["ec2:DescribeInstanceAttribute", "xray:GetGroup", "ce:GetCostAndUsage"])
def test_what_is_named_like_those_and_has_a_resource_is_refused_on_everything(action: str) -> None:
    assert said(ROLE, {"role": "r", "policy": policy(Action=action, Resource="*")}, "grants_are_narrow") != []


def test_a_file_system_that_is_reached_in_its_vpc_only_is_not_public() -> None:
    mounted = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
    for condition, refused in ((mounted, False), ({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}, True)):
        text = policy(Action="elasticfilesystem:ClientMount", Principal={"AWS": "*"}, Resource="*", Condition=condition)
        inputs = {"fileSystemId": "f", "policy": text}
        assert (said("aws:efs/fileSystemPolicy:FileSystemPolicy", inputs, "grants_are_narrow") != []) is refused


@pytest.mark.parametrize("broken", ['{"Statement": [oops', '{"Statement": [{"Action": "s3:GetObject"}]}', '{"Statement": "x"}'])
def test_a_policy_that_is_none_is_named_and_hides_no_other(broken: str) -> None:
    wide = operation(ROLE, "wide-staging-demo", {"role": "r", "policy": policy(Action="*", Resource="*")})
    plan = with_operation(operation(ROLE, "it-staging-demo", {"role": "r", "policy": broken}), wide)
    about = {
        each.resource for each in gates.judge(plan, CONTEXT) if each.check == "grants_are_narrow" and each.status is Status.FAIL
    }
    assert {"it-staging-demo", "wide-staging-demo"} <= about


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize(("port", "internal", "refused"), [(5432, False, True), (443, False, False), (5432, True, False)])
def test_a_network_balancer_opens_no_other_port_to_the_internet(
    environment: str, port: int, *, internal: bool, refused: bool
) -> None:
    """It needs no security group, so no rule shows it."""
    balancer = operation(
        "aws:lb/loadBalancer:LoadBalancer", "nlb", {"internal": internal, "loadBalancerType": "network"}, parent="p"
    )
    inputs = {"protocol": "TCP", "port": port, "loadBalancerArn": "<computed>", "defaultActions": [{"type": "forward"}]}
    plan = with_operation(balancer, operation("aws:lb/listener:Listener", "it-staging-demo", inputs, parent="p"))
    judged = gates.judge(plan, replace(CONTEXT, environment=environment))
    told = [each.message for each in judged if each.resource == "it-staging-demo" and each.status is Status.FAIL]
    assert any("opens port 5432 to the internet" in message for message in told) is refused


def test_encryption_that_is_switched_off_by_name_is_refused() -> None:
    inputs = {"encryptionConfiguration": {"s3Encryption": {"s3EncryptionMode": "DISABLED"}}}
    assert Status.FAIL in said("aws:glue/securityConfiguration:SecurityConfiguration", inputs, "storage_is_encrypted")


@pytest.mark.parametrize("type_", ["aws:directoryservice/directory:Directory", "aws:cloudformation/stack:Stack"])
def test_a_directory_and_a_stack_hold_something(type_: str) -> None:
    gone = operation(type_, "it-staging-demo", {}, op="delete", old_inputs={"name": "x"})
    judged = gates.judge(with_operation(gone), CONTEXT)
    assert any(each.check == "deletions_within_limit" and each.status is Status.FAIL for each in judged)


INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.mark.parametrize("rule", [{"cidrIpv4": "not-a-cidr"}, {"cidrIpv4": "0.0.0.0/0", "fromPort": None, "toPort": None}])
def test_a_rule_that_is_none_is_refused_by_its_name(rule: dict[str, Any]) -> None:
    inputs = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, **rule}
    told = found(operation(INGRESS, "it-staging-demo", inputs), "nothing_faces_internet")
    assert [status for status, _ in told] == [Status.FAIL]
    assert "it-staging-demo" in told[0][1]


def test_a_byte_order_mark_hides_no_policy() -> None:
    assert said(ROLE, {"role": "r", "policy": "\ufeff" + policy(Action="*", Resource="*")}, "grants_are_narrow") == [Status.FAIL]
