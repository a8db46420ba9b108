"""Ways to break the database, its secret and its schema."""

from __future__ import annotations

from unit.checks.breakage import breaks
from unit.checks.healthy import broken, with_outputs
from unit.checks.healthy_outputs import KEY
from unit.checks.healthy_services import DATABASE, ENGINE_VERSION, PARAMETERS, SECRET
from unit.checks.healthy_trials import CLEANUP, SCHEMA

FOREIGN_KEY = "arn:aws:kms:us-east-1:1:key/aws-rds"
PRODUCTION = {"environment": "production"}
ROWS = (
    breaks("a stopped database", broken(DATABASE, status="stopped"), "rds_available"),
    breaks("another endpoint", broken(DATABASE, endpoint="other:5432"), "rds_available"),
    breaks("another engine", broken(DATABASE, engine="mysql"), "rds_runs_version_deployed"),
    breaks("an older minor", broken(DATABASE, engine_version="14.9"), "rds_runs_version_deployed"),
    breaks("another major", broken(DATABASE, engine_version="15.1"), "rds_runs_version_deployed"),
    breaks("a withdrawn version", broken(ENGINE_VERSION, status="deprecated"), "rds_version_still_offered"),
    breaks("one zone", broken(DATABASE, multi_az=False), "rds_multi_az"),
    breaks("a public subnet", broken(DATABASE, subnet_ids=("public-1",)), "rds_in_private_subnets"),
    breaks("two zones", broken(DATABASE, zones=DATABASE.zones[:2]), "rds_in_private_subnets"),
    breaks("a public address", broken(DATABASE, publicly_accessible=True), "rds_not_public"),
    breaks("a second group", broken(DATABASE, security_group_ids=("sg-database", "sg-open")), "rds_not_public"),
    breaks("plain storage", broken(DATABASE, storage_encrypted=False), "rds_storage_encrypted"),
    breaks("AWS's own key", broken(DATABASE, key_arn=FOREIGN_KEY), "rds_storage_encrypted"),
    breaks("a day of backups", broken(DATABASE, backup_retention_days=1), "rds_backups_kept"),
    breaks("no exported log", broken(DATABASE, exported_logs=("upgrade",)), "rds_logs_exported"),
    breaks("optional TLS", broken(PARAMETERS, values={"rds.force_ssl": "0"}), "rds_forces_tls"),
    breaks("TLS not set", broken(PARAMETERS, values={}), "rds_forces_tls"),
    breaks("a reboot outstanding", broken(DATABASE, parameter_status="pending-reboot"), "rds_forces_tls"),
    breaks("another parameter group", broken(DATABASE, parameter_group="default.postgres14"), "rds_forces_tls"),
    breaks("no minor upgrades", broken(DATABASE, minor_upgrades=False), "rds_upgrades_minors"),
    breaks(
        "Extended Support", broken(DATABASE, lifecycle_support="open-source-rds-extended-support"), "rds_extended_support_off"
    ),
    breaks("a staging database that stays", broken(DATABASE, deletion_protection=True), "rds_deletion_fits_environment"),
    breaks(
        "a password of one's own", broken(SECRET, owner=""), "master_secret_managed_and_encrypted"
    ),
    breaks("another database's secret", broken(SECRET, database_arn="arn:other"), "master_secret_managed_and_encrypted"),
    breaks("a deleted secret", broken(SECRET, deleted=True), "master_secret_managed_and_encrypted"),
    breaks("a secret under AWS's key", broken(SECRET, key_arn=""), "master_secret_managed_and_encrypted"),
    breaks("a migration outstanding", broken(SCHEMA, version=1, applied_again=(2,)), "schema_current"),
    breaks("a migration that repeats", broken(SCHEMA, applied_again=(2,)), "schema_current"),
    breaks("an empty database", broken(SCHEMA, version=0, newest=0), "schema_current"),
    breaks("rows that stay", broken(CLEANUP, removed=2), "trial_payments_removed"),
    breaks(
        "keys nobody knows",
        with_outputs(key_arns={**KEY, "database": FOREIGN_KEY}),
        "rds_storage_encrypted", "master_secret_managed_and_encrypted",
    ),
    breaks(
        "a production that can be deleted",
        with_outputs(**PRODUCTION),
        "rds_deletion_fits_environment", "alb_deletion_fits_environment", "lambda_ready", "resources_tagged",
        "resources_named",
    ),
)  # fmt: skip
