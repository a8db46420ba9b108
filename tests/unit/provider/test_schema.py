"""What a program may write for a value: types that contain themselves, and text where a number or a bool is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runbook_lib.rehearsal.provider.lifecycle import Lifecycle
from runbook_lib.rehearsal.provider.session import Session
from runbook_lib.rehearsal.values import UNKNOWN, Secret

ACL = "aws:wafv2/webAcl:WebAcl"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SUBNET = "aws:ec2/subnet:Subnet"
TARGETS = "aws:lb/targetGroup:TargetGroup"


def checked(token: str, **inputs: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """What Check makes of inputs, and what it finds wrong with them."""
    found, failures = Lifecycle(token, Session("us-east-1", "http://127.0.0.1:1")).check("a", {}, inputs, b"seed")
    return found, dict(failures)


def acl(innermost: dict[str, Any]) -> dict[str, Any]:
    """A web ACL whose one rule negates a statement three times."""
    seen = {"cloudwatchMetricsEnabled": "true", "metricName": "a", "sampledRequestsEnabled": False}
    statement = innermost
    for _ in range(3):
        statement = {"notStatement": {"statement": statement}}
    rule = {"name": "a", "priority": "1", "statement": statement, "visibilityConfig": seen}
    return {"defaultAction": {"allow": {}}, "rules": [rule], "scope": "REGIONAL", "visibilityConfig": seen}


def test_a_type_that_contains_itself_is_checked_as_deep_as_it_goes() -> None:
    inputs, failures = checked(ACL, **acl({"geoMatchStatement": {"countryCodes": ["CH"]}}))
    assert not failures
    assert inputs["rules"][0]["priority"] == 1
    (path,) = checked(ACL, **acl({"geoMatchStatment": {}}))[1]
    assert path == f"rules[0].statement{'.notStatement.statement' * 3}.geoMatchStatment"


@pytest.mark.parametrize(
    ("token", "name", "given", "made"),
    [
        (ALARM, "threshold", "80.0", 80),
        (ALARM, "threshold", "80.5", 80.5),
        (ALARM, "threshold", "-8e1", -80),
        (ALARM, "threshold", ".5", 0.5),
        (ALARM, "evaluationPeriods", "80", 80),
        (ALARM, "evaluationPeriods", "+080", 80),
        (ALARM, "evaluationPeriods", 80.9, 80),
        (ALARM, "actionsEnabled", "T", True),
        (ALARM, "actionsEnabled", "False", False),
        (ALARM, "actionsEnabled", "0", False),
        (TARGETS, "deregistrationDelay", "30", 30),
        (SUBNET, "vpcId", 80, "80"),
        (SUBNET, "vpcId", 1e21, "1000000000000000000000"),
        (SUBNET, "vpcId", 0.5, "0.5"),
        (SUBNET, "vpcId", True, "true"),
        (ALARM, "threshold", Secret("80.0"), Secret(80)),
    ],
)
def test_scalars_of_another_kind_are_taken_as_pulumi_aws_takes_them(token: str, name: str, given: Any, made: Any) -> None:
    inputs, failures = checked(token, **{name: given})
    assert name not in failures
    assert (inputs[name], type(inputs[name])) == (made, type(made))


GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = {"protocol": "tcp", "fromPort": 80, "toPort": 80}


@pytest.mark.parametrize(
    ("token", "given", "made"),
    [
        (ALARM, {"alarmActions": "arn:a"}, {"alarmActions": ["arn:a"]}),
        (GROUP, {"ingress": RULE | {"cidrBlocks": "10.0.0.0/8"}}, {"ingress": [RULE | {"cidrBlocks": ["10.0.0.0/8"]}]}),
        (TARGETS, {"healthCheck": [{"interval": "30"}]}, {"healthCheck": {"interval": 30}}),
        (ALARM, {"alarmActions": Secret("arn:a")}, {"alarmActions": Secret(["arn:a"])}),
        (ALARM, {"alarmActions": UNKNOWN}, {"alarmActions": UNKNOWN}),
    ],
)
def test_one_value_stands_for_a_list_of_it_and_back(token: str, given: dict[str, Any], made: dict[str, Any]) -> None:
    inputs, failures = checked(token, **given)
    assert inputs.items() >= made.items()
    assert not failures.keys() & given.keys()


def test_two_blocks_are_not_one() -> None:
    assert checked(TARGETS, healthCheck=[{}, {}])[1]["healthCheck"] == "must be an object, not list"


QUEUE, TOPIC, BUCKET = "aws:sqs/queue:Queue", "aws:sns/topic:Topic", "aws:s3/bucket:Bucket"


@pytest.mark.parametrize(
    ("token", "inputs", "name", "pattern"),
    [
        (QUEUE, {}, "name", "My-[0-9a-f]{7}"),
        (QUEUE, {"fifoQueue": "true"}, "name", r"My-[0-9a-f]{7}\.fifo"),
        (TOPIC, {"fifoTopic": True}, "name", r"My-[0-9a-f]{7}\.fifo"),
        ("aws:kms/alias:Alias", {}, "name", "alias/My-[0-9a-f]{7}"),
        (BUCKET, {}, "bucket", "my-[0-9a-f]{7}"),
        ("aws:s3/bucketObjectv2:BucketObjectv2", {}, "key", "My"),
    ],
)
def test_a_made_up_name_is_as_pulumi_aws_makes_it(token: str, inputs: dict[str, Any], name: str, pattern: str) -> None:
    found, _ = Lifecycle(token, Session("us-east-1", "http://127.0.0.1:1")).check("My", {}, inputs, b"seed")
    assert re.fullmatch(pattern, found[name])
    again, _ = Lifecycle(token, Session("us-east-1", "http://127.0.0.1:1")).check("My", found, inputs, b"other seed")
    assert again[name] == found[name]


@pytest.mark.parametrize("policy", ["", "{", "no document", Secret("{'a': 1}")])
def test_what_is_no_document_is_refused_before_aws_is_asked(policy: Any) -> None:
    assert checked("aws:iam/policy:Policy", policy=policy)[1]["policy"] == "must be a JSON document, and is none"
    assert not checked("aws:iam/policy:Policy", policy={"Version": "2012-10-17"})[1]
    assert not checked("aws:iam/policy:Policy", policy=UNKNOWN)[1]


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("evaluationPeriods", "80.0", "must be an integer, not text that is no integer"),
        ("evaluationPeriods", " 80", "must be an integer"),
        ("evaluationPeriods", "0x50", "must be an integer"),
        ("evaluationPeriods", "1_000", "must be an integer"),
        ("evaluationPeriods", True, "must be an integer, not bool"),
        ("threshold", "", "must be a number"),
        ("threshold", "80%", "must be a number"),
        ("threshold", "1e999", "must be a number"),
        ("threshold", "nan", "must be a number"),
        ("actionsEnabled", "yes", "must be a bool, not text that is no bool"),
        ("actionsEnabled", "tRUE", "must be a bool"),
        ("actionsEnabled", 1, "must be a bool, not int"),
        ("evaluationPeriods", Secret("hunter2"), "must be an integer"),
    ],
)
def test_what_pulumi_aws_does_not_take_is_refused_and_not_shown(name: str, given: Any, reason: str) -> None:
    failures = checked(ALARM, **{name: given})[1]
    assert failures[name].startswith(reason)
    assert "hunter2" not in failures[name]
