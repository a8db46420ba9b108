"""Breaks of the database, its secret and its schema."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from integration.mutations.live import Live, Mutation, after, reversal, rewritten, swap

from runbook_lib.snapshot.probe_schema import Schema
from runbook_lib.snapshot.rds import Database, EngineVersion, Parameters
from runbook_lib.snapshot.secretsmanager import MasterSecret

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[], object]

REPLACED = {
    "alarms_cover_metrics": "the alarms watch the instance that was replaced",
    "log_groups_cover_services": "log groups are named after the instance that was replaced",
    "master_secret_managed_and_encrypted": "the secret belongs to the instance that was replaced",
}
"""AWS lets these settings be chosen only when an instance is made, so another instance takes the place of the first."""


def modified(live: Live, bad: dict[str, Any], good: dict[str, Any]) -> Mend:
    """Modify the instance."""
    return swap(
        live.client("rds").modify_db_instance, bad, good,
        DBInstanceIdentifier=live.outputs.rds_identifier, ApplyImmediately=True,
    )  # fmt: skip


def replaced(live: Live, **settings: Any) -> Mend:
    """Make an instance like the deployed one but for ``settings``, and let the outputs name it."""
    rds, outputs = live.client("rds"), live.outputs
    like = rds.describe_db_instances(DBInstanceIdentifier=outputs.rds_identifier)["DBInstances"][0]
    name = f"payments-db2-{outputs.environment}-{outputs.suffix}"
    same = ("BackupRetentionPeriod", "DBInstanceClass", "Engine", "EngineVersion", "KmsKeyId", "MultiAZ", "PubliclyAccessible")
    wanted = {setting: like[setting] for setting in (*same, "AllocatedStorage", "StorageEncrypted", "AutoMinorVersionUpgrade")}
    rds.create_db_instance(**wanted | {
        "DBInstanceIdentifier": name,
        "DBParameterGroupName": like["DBParameterGroups"][0]["DBParameterGroupName"],
        "DBSubnetGroupName": like["DBSubnetGroup"]["DBSubnetGroupName"],
        "VpcSecurityGroupIds": [outputs.database_security_group_id],
        "Port": like["Endpoint"]["Port"], "Tags": like["TagList"],
        "MasterUsername": "payments_admin", "MasterUserPassword": "of-no-use-here",
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
    } | settings)  # fmt: skip
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 1})
    made = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["Endpoint"]
    back = live.pretend(rds_identifier=name, rds_endpoint=f"{made['Address']}:{made['Port']}")
    return after(back, partial(rds.delete_db_instance, DBInstanceIdentifier=name, SkipFinalSnapshot=True))


def stopped(live: Live) -> Mend:
    """Stop the instance."""
    rds = live.client("rds")
    return reversal(rds.stop_db_instance, rds.start_db_instance, DBInstanceIdentifier=live.outputs.rds_identifier)


def logs_not_exported(live: Live) -> Mend:
    """Stop exporting one log."""
    bad, good = ({"CloudwatchLogsExportConfiguration": {f"{able}LogTypes": ["upgrade"]}} for able in ("Disable", "Enable"))
    return modified(live, bad, good)


def in_public_subnets(live: Live) -> Mend:
    """Let the subnet group be the public subnets."""
    outputs = live.outputs
    group = live.client("rds").describe_db_instances(DBInstanceIdentifier=outputs.rds_identifier)["DBInstances"][0][
        "DBSubnetGroup"
    ]
    bad, good = ({"SubnetIds": list(ids)} for ids in (outputs.public_subnet_ids, outputs.private_subnet_ids))
    return swap(live.client("rds").modify_db_subnet_group, bad, good, DBSubnetGroupName=group["DBSubnetGroupName"])


def plaintext_admitted(live: Live) -> Mend:
    """Admit connections without TLS."""
    bad, good = (
        {"Parameters": [{"ParameterName": "rds.force_ssl", "ParameterValue": value, "ApplyMethod": "immediate"}]}
        for value in "01"
    )
    group = live.healthy.read(Parameters).name
    return swap(live.client("rds").modify_db_parameter_group, bad, good, DBParameterGroupName=group)


def another_major(live: Live) -> Mend:
    """Upgrade the major version by hand."""
    running = live.outputs.rds_engine_version
    bad, good = ({"EngineVersion": version, "AllowMajorVersionUpgrade": True} for version in ("15.19", running))
    return modified(live, bad, good)


def secret_with_default_key(live: Live) -> Mend:
    """Encrypt the master secret with the account's default key."""
    bad, good = ({"KmsKeyId": key} for key in ("alias/aws/secretsmanager", live.outputs.key_arns["database"]))
    return swap(live.client("secretsmanager").update_secret, bad, good, SecretId=live.outputs.master_secret_arn)


def newer_migration(live: Live) -> Mend:
    """Deploy a function that knows a migration which nobody applied."""
    known = "migrations = load(MIGRATIONS)"
    more = f"{known}; migrations.append(type(migrations[0])(3, 'late', 'SELECT 1'))"
    function = live.outputs.schema_function_name
    back = rewritten(live, function, "schema/handler.py", known, more)
    return after(back, partial(live.deployed.sql, "DELETE FROM schema_migrations WHERE version = 3"))


ROWS = (
    Mutation("rds_available", (Database,), stopped, "is stopped at"),
    Mutation(
        "rds_backups_kept", (Database,),
        lambda live: modified(live, {"BackupRetentionPeriod": 1}, {"BackupRetentionPeriod": 7}), "keeps backups for 1 days",
    ),
    Mutation(
        "rds_deletion_fits_environment", (Database,),
        lambda live: modified(live, {"DeletionProtection": True}, {"DeletionProtection": False}), "deletion protection on",
    ),
    Mutation("rds_logs_exported", (Database,), logs_not_exported, "does not export its logs upgrade"),
    Mutation(
        "rds_multi_az", (Database,),
        lambda live: modified(live, {"MultiAZ": False}, {"MultiAZ": True}), "lives in one zone only",
    ),
    Mutation(
        "rds_not_public", (Database,),
        lambda live: modified(live, {"PubliclyAccessible": True}, {"PubliclyAccessible": False}), "public access True",
    ),
    Mutation(
        "rds_upgrades_minors", (Database,),
        lambda live: replaced(live, AutoMinorVersionUpgrade=False), "stays on its minor version", also=REPLACED,
    ),
    Mutation(
        "rds_storage_encrypted", (Database,),
        lambda live: replaced(live, StorageEncrypted=False), "does not encrypt its storage", also=REPLACED,
    ),
    Mutation(
        "rds_extended_support_off", (Database,),
        lambda live: replaced(live, EngineLifecycleSupport="open-source-rds-extended-support"), "enrolled in Extended Support",
        also=REPLACED,
    ),
    Mutation("rds_in_private_subnets", (Database,), in_public_subnets, "may stand in subnet-"),
    Mutation("rds_forces_tls", (Parameters,), plaintext_admitted, "rds.force_ssl is 0"),
    Mutation("rds_runs_version_deployed", (Database,), another_major, "runs postgres 15.19"),
    Mutation(
        "rds_version_still_offered", (EngineVersion,),
        lambda live: live.pretend(rds_engine_version="14.1"), "calls PostgreSQL 14.1",
    ),
    Mutation("master_secret_managed_and_encrypted", (MasterSecret,), secret_with_default_key, "not with a key of the stack"),
    Mutation("schema_current", (Schema,), newer_migration, "applied [3]"),
)  # fmt: skip
