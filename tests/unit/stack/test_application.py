"""A1, X1, O1: the functions as Lambda gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import config
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Stack

each_function = pytest.mark.parametrize("name", ["payments", "schema"])


@each_function
def test_a_function_stands_in_the_private_subnets_with_its_own_group(stack: Stack, name: str) -> None:
    vpc = stack.one("lambda:Function", name).inputs["vpcConfig"]
    private = {one.id for one in stack.of("ec2:Subnet") if one.inputs["tags"]["Tier"] == "private"}
    assert set(vpc["subnetIds"]) == private
    assert vpc["securityGroupIds"] == [stack.one("ec2:SecurityGroup", "lambda").id]


@each_function
def test_a_function_is_traced_and_logs_into_a_group_made_for_it(stack: Stack, name: str) -> None:
    function = stack.one("lambda:Function", name).inputs
    assert function["tracingConfig"] == {"mode": "Active"}
    groups = {one.inputs["name"] for one in stack.of("cloudwatch:LogGroup")}
    assert f"/aws/lambda/{function['name']}" in groups


@each_function
def test_the_handler_is_in_the_package(stack: Stack, name: str) -> None:
    function = stack.one("lambda:Function", name).inputs
    assert function["handler"] == f"{name}.handler.handler"
    assert function["runtime"] == "python3.13"
    assert function["sourceCodeHash"]


def test_a_function_knows_where_things_are_and_no_secret(stack: Stack) -> None:
    instance = stack.one("rds:Instance")
    assert stack.one("lambda:Function", "payments").inputs["environment"]["variables"] == {
        "AUDIT_BUCKET": stack.one("s3:Bucket", "audit").inputs["bucket"],
        "AUDIT_KMS_KEY_ARN": f"{stack.one('kms:Key', 'audit').id}.arn",
        "DB_HOST": f"{instance.id}.address",
        "DB_NAME": "payments",
        "DB_PORT": "6543",
        "DB_SECRET_ARN": f"{instance.id}.secret",
        "ENVIRONMENT": "staging",
        "LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": "Payments",
        "POWERTOOLS_SERVICE_NAME": "payments",
    }


def test_concurrency_is_unreserved_unless_configured(stack: Stack, build: Callable[..., Stack]) -> None:
    assert stack.one("lambda:Function", "payments").inputs["reservedConcurrentExecutions"] == -1
    reserved = build(reservedConcurrency="7")
    assert reserved.one("lambda:Function", "payments").inputs["reservedConcurrentExecutions"] == 7
    assert reserved.one("lambda:Function", "schema").inputs["reservedConcurrentExecutions"] == -1


def test_a_ca_bundle_is_packaged_and_named(stack: Stack, build: Callable[..., Stack], tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("certificate", encoding="utf-8")
    function = build(databaseCaBundle=str(bundle)).one("lambda:Function", "payments").inputs
    assert function["environment"]["variables"]["DB_CA_BUNDLE"] == "database-ca.pem"
    assert function["sourceCodeHash"] != stack.one("lambda:Function", "payments").inputs["sourceCodeHash"]


def test_a_ca_bundle_that_is_not_there_is_refused(build: Callable[..., Stack], tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"payments:databaseCaBundle .*absent.pem cannot be read"):
        build(databaseCaBundle=str(tmp_path / "absent.pem"))


def test_only_the_two_doors_may_invoke_the_payments_function(stack: Stack) -> None:
    allowed = {one.inputs["principal"]: one.inputs for one in stack.of("lambda:Permission")}
    assert set(allowed) == {"apigateway.amazonaws.com", "elasticloadbalancing.amazonaws.com"}
    assert {one["function"] for one in allowed.values()} == {"payments-staging-t1"}
    assert allowed["elasticloadbalancing.amazonaws.com"]["sourceArn"] == f"{stack.one('lb:TargetGroup').id}.arn"
    assert str(allowed["apigateway.amazonaws.com"]["sourceArn"]).endswith("/*/POST/payments")
