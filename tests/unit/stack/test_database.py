"""D1, D2, D3, T2: where the database stands, what protects it, and that nobody knows its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Stack


def test_it_stands_in_the_private_subnets_of_three_zones(stack: Stack) -> None:
    group = stack.one("rds:SubnetGroup")
    private = {one.id for one in stack.of("ec2:Subnet") if one.inputs["tags"]["Tier"] == "private"}
    assert set(group.inputs["subnetIds"]) == private
    instance = stack.one("rds:Instance").inputs
    assert instance["dbSubnetGroupName"] == group.inputs["name"]
    assert instance["publiclyAccessible"] is False
    assert instance["vpcSecurityGroupIds"] == [stack.one("ec2:SecurityGroup", "database").id]
    assert instance["multiAz"] is True


def test_everything_in_it_is_encrypted_with_its_own_key(stack: Stack) -> None:
    instance = stack.one("rds:Instance").inputs
    key = f"{stack.one('kms:Key', 'database').id}.arn"
    assert instance["storageEncrypted"] is True
    assert {instance[name] for name in ("kmsKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId")} == {key}


def test_nobody_chooses_or_sees_the_master_password(stack: Stack) -> None:
    instance = stack.one("rds:Instance").inputs
    assert instance["manageMasterUserPassword"] is True
    assert [key for key in instance if key.lower().startswith("password")] == []


@pytest.mark.parametrize(("version", "family"), [("14.22", "postgres14"), ("17.5", "postgres17")])
def test_the_version_asked_for_is_used_and_its_parameters_force_tls(
    build: Callable[..., Stack], version: str, family: str
) -> None:
    stack = build(engineVersion=version)
    instance, parameters = stack.one("rds:Instance").inputs, stack.one("rds:ParameterGroup").inputs
    assert instance["engineVersion"] == version
    assert instance["parameterGroupName"] == parameters["name"]
    assert parameters["family"] == family
    assert {"name": "rds.force_ssl", "value": "1"} in [
        {"name": one["name"], "value": one["value"]} for one in parameters["parameters"]
    ]


def test_upgrades_logs_and_backups_are_as_required(stack: Stack) -> None:
    instance = stack.one("rds:Instance").inputs
    assert instance["engineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert instance["autoMinorVersionUpgrade"] is True
    assert instance["copyTagsToSnapshot"] is True
    assert instance["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    assert instance["backupRetentionPeriod"] >= 7


def test_its_log_groups_are_made_beforehand(stack: Stack) -> None:
    identifier = stack.one("rds:Instance").inputs["identifier"]
    names = {one.inputs["name"] for one in stack.of("cloudwatch:LogGroup")}
    assert {f"/aws/rds/instance/{identifier}/{log}" for log in ("postgresql", "upgrade")} <= names


def test_staging_can_be_torn_down(stack: Stack) -> None:
    instance = stack.one("rds:Instance").inputs
    assert (instance["deletionProtection"], instance["skipFinalSnapshot"]) == (False, True)
    assert instance["deleteAutomatedBackups"] is True
    assert stack.one("lb:LoadBalancer").inputs["enableDeletionProtection"] is False
    assert all(one.inputs["forceDestroy"] for one in stack.of("s3:Bucket"))


def test_production_cannot_be_torn_down_by_accident(build: Callable[..., Stack]) -> None:
    stack = build(environment="production", protected="true")
    instance = stack.one("rds:Instance").inputs
    assert (instance["deletionProtection"], instance["skipFinalSnapshot"]) == (True, False)
    assert instance["finalSnapshotIdentifier"] == "payments-db-production-t1-final-2026-11-24"
    assert instance["deleteAutomatedBackups"] is False
    assert stack.one("lb:LoadBalancer").inputs["enableDeletionProtection"] is True
    assert not any(one.inputs["forceDestroy"] for one in stack.of("s3:Bucket"))
    assert {one.inputs["deletionWindowInDays"] for one in stack.of("kms:Key")} == {30}
