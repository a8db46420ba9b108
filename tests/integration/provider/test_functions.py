"""The look-ups: against the emulator, and policy documents against what pulumi-aws prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runbook_lib.rehearsal.provider import registry
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.values import Secret

if TYPE_CHECKING:
    from integration.provider.harness import Make

    from runbook_lib.rehearsal.provider.session import Session


def call(aws: Session, name: str, /, **arguments: object) -> dict:
    module, function = name.split("/")
    return registry.functions()[f"aws:{module}/{function}:{function}"](aws, arguments)


def policy(aws: Session, **arguments: object) -> dict:
    return json.loads(call(aws, "iam/getPolicyDocument", **arguments)["json"])


def test_where_and_who(aws: Session) -> None:
    assert call(aws, "index/getRegion")["region"] == "us-east-1"
    assert call(aws, "index/getPartition")["partition"] == "aws"
    assert call(aws, "index/getCallerIdentity")["accountId"] == "000000000000"
    assert call(aws, "index/getDefaultTags")["tags"] == {"Environment": "test"}
    assert call(aws, "index/getServicePrincipal", serviceName="lambda")["name"] == "lambda.amazonaws.com"
    zones = call(aws, "index/getAvailabilityZones", state="available")["names"]
    assert len(zones) >= 3
    assert zones[0] not in call(aws, "index/getAvailabilityZones", excludeNames=[zones[0]])["names"]


def test_networks(aws: Session, make: Make) -> None:
    vpc = make.vpc()
    subnet, group = make.subnet(vpc), make.security_group(vpc)
    assert call(aws, "ec2/getVpc", id=vpc)["cidrBlock"] == "10.20.0.0/16"
    assert call(aws, "ec2/getSubnet", id=subnet)["vpcId"] == vpc
    assert call(aws, "ec2/getSubnets", filters=[{"name": "vpc-id", "values": [vpc]}])["ids"] == [subnet]
    assert call(aws, "ec2/getSecurityGroup", id=group)["vpcId"] == vpc
    with pytest.raises(ProviderError, match="0 found"):
        call(aws, "ec2/getVpc", id="vpc-0")


def test_parameter_is_secret(aws: Session) -> None:
    aws.client("ssm").put_parameter(Name="/a", Value="b", Type="SecureString")
    assert call(aws, "ssm/getParameter", name="/a")["value"] == Secret("b")


def test_engine_version(aws: Session) -> None:
    """A withdrawn version is not found; the default of a major is one that can be created."""
    found = call(aws, "rds/getEngineVersion", engine="postgres", version="14")
    assert found["parameterGroupFamily"] == "postgres14"
    assert found["version"] != "14.9"
    with pytest.raises(ProviderError, match="0 found"):
        call(aws, "rds/getEngineVersion", engine="postgres", version="14.9")
    sold = call(
        aws,
        "rds/getOrderableDbInstance",
        engine="postgres",
        engineVersion=found["version"],
        preferredInstanceClasses=["db.none", "db.t4g.micro"],
    )
    assert sold["instanceClass"] == "db.t4g.micro"


def test_policy_is_printed_as_pulumi_aws_does(aws: Session) -> None:
    """Two spaces, elements in AWS's order, lists in reverse order, a list of one as its value, no empty element."""
    statement = {
        "actions": ["s3:GetObject", "s3:PutObject"],
        "resources": ["arn:aws:s3:::b/&{aws:username}"],
        "principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::1:root"]}],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }
    assert call(aws, "iam/getPolicyDocument", statements=[statement])["json"] == (
        '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n      "Action": [\n'
        '        "s3:PutObject",\n        "s3:GetObject"\n      ],\n'
        '      "Resource": "arn:aws:s3:::b/${aws:username}",\n'
        '      "Principal": {\n        "AWS": "arn:aws:iam::1:root"\n      },\n'
        '      "Condition": {\n        "Bool": {\n          "aws:SecureTransport": "true"\n        }\n      }\n'
        "    }\n  ]\n}"
    )


def test_policy_negations_and_everyone(aws: Session) -> None:
    statement = {
        "effect": "Deny",
        "notActions": ["s3:*"],
        "notResources": ["b"],
        "principals": [{"type": "*", "identifiers": ["*"]}],
    }
    (made,) = policy(aws, statements=[statement], policyId="p", version="2008-10-17")["Statement"]
    assert made == {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "b", "Principal": "*"}


def test_policy_merging(aws: Session) -> None:
    """Later documents replace statements of the same Sid and add the others; sources must not repeat a Sid."""
    source = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "a:*"}]})
    override = json.dumps({"Statement": {"Sid": "B", "Effect": "Deny", "Action": "b:*"}})
    merged = policy(
        aws,
        sourcePolicyDocuments=[source],
        statements=[{"sid": "B", "actions": ["x:y"]}, {"actions": ["c:d"]}],
        overridePolicyDocuments=[override],
    )
    assert [each["Action"] for each in merged["Statement"]] == ["a:*", "b:*", "c:d"]
    with pytest.raises(ProviderError, match="duplicate Sid A"):
        policy(aws, sourcePolicyDocuments=[source, source])
    with pytest.raises(ProviderError, match="not a JSON policy"):
        policy(aws, sourcePolicyDocuments=["{"])
