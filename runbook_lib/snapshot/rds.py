"""The database: the instance, its subnet group, its parameter group and the versions RDS offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Database(Tagged):
    """The instance, named by its identifier."""

    arn: str
    status: str
    engine: str
    engine_version: str
    endpoint: str
    """``host:port``."""
    multi_az: bool
    publicly_accessible: bool
    zones: tuple[str, ...]
    """The zones its subnet group reaches into."""
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    storage_encrypted: bool
    key_arn: str
    backup_retention_days: int
    exported_logs: tuple[str, ...]
    minor_upgrades: bool
    deletion_protection: bool
    lifecycle_support: str
    """``open-source-rds-extended-support-disabled`` when Extended Support is switched off."""
    parameter_group: str
    parameter_status: str
    """``in-sync`` once the instance runs with its parameter group."""


@dataclass(frozen=True, kw_only=True)
class Parameters(Tagged):
    """The instance's parameter group: every parameter that has a value."""

    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class EngineVersion:
    """What RDS says about the version the instance runs."""

    version: str
    status: str
    """``available`` or ``deprecated``."""


@collects(Database)
def database(aws: Aws, outputs: StackOutputs) -> Database:
    """Read the instance named by the outputs."""
    raw = aws.client("rds").describe_db_instances(DBInstanceIdentifier=outputs.rds_identifier)["DBInstances"][0]
    subnets = raw["DBSubnetGroup"]["Subnets"]
    group = raw["DBParameterGroups"][0]
    return Database(
        name=raw["DBInstanceIdentifier"],
        tags=by_key(raw.get("TagList")),
        arn=raw["DBInstanceArn"],
        status=raw["DBInstanceStatus"],
        engine=raw["Engine"],
        engine_version=raw["EngineVersion"],
        endpoint=f"{raw['Endpoint']['Address']}:{raw['Endpoint']['Port']}",
        multi_az=raw["MultiAZ"],
        publicly_accessible=raw["PubliclyAccessible"],
        zones=tuple(sorted({subnet["SubnetAvailabilityZone"]["Name"] for subnet in subnets})),
        subnet_ids=tuple(sorted(subnet["SubnetIdentifier"] for subnet in subnets)),
        security_group_ids=tuple(member["VpcSecurityGroupId"] for member in raw["VpcSecurityGroups"]),
        storage_encrypted=raw["StorageEncrypted"],
        key_arn=raw.get("KmsKeyId", ""),
        backup_retention_days=raw["BackupRetentionPeriod"],
        exported_logs=tuple(raw.get("EnabledCloudwatchLogsExports", ())),
        minor_upgrades=raw["AutoMinorVersionUpgrade"],
        deletion_protection=raw["DeletionProtection"],
        lifecycle_support=raw.get("EngineLifecycleSupport", ""),
        parameter_group=group["DBParameterGroupName"],
        parameter_status=group["ParameterApplyStatus"],
    )


@collects(Parameters)
def parameters(aws: Aws, outputs: StackOutputs) -> Parameters:
    """Read the parameter group that the instance uses."""
    rds = aws.client("rds")
    instance = rds.describe_db_instances(DBInstanceIdentifier=outputs.rds_identifier)["DBInstances"][0]
    name = instance["DBParameterGroups"][0]["DBParameterGroupName"]
    group = rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"][0]
    pages = aws.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name, Source="user")
    return Parameters(
        name=name,
        tags=by_key(rds.list_tags_for_resource(ResourceName=group["DBParameterGroupArn"])["TagList"]),
        values={raw["ParameterName"]: raw["ParameterValue"] for raw in pages if "ParameterValue" in raw},
    )


@collects(EngineVersion)
def engine_version(aws: Aws, outputs: StackOutputs) -> EngineVersion:
    """Look up the running version in RDS's catalogue."""
    versions = aws.client("rds").describe_db_engine_versions(
        Engine="postgres", EngineVersion=outputs.rds_engine_version, IncludeAll=True
    )["DBEngineVersions"]
    if not versions:
        return EngineVersion(version=outputs.rds_engine_version, status="withdrawn")
    return EngineVersion(version=versions[0]["EngineVersion"], status=versions[0].get("Status", "available"))
