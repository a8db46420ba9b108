"""The database: PostgreSQL on RDS, whose master password nobody ever sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from naming import Limit
from network_acls import POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from context import Context

DATABASE_NAME = "payments"
MASTER_USER = "payments_admin"


@dataclass(frozen=True)
class DatabaseArgs:
    """Where the database stands, what encrypts it and where it logs."""

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    log_groups: Sequence[pulumi.Resource]


def database_identifier(context: Context) -> str:
    """Name the instance; its log groups are named after it."""
    return context.names("payments-db", Limit.DATABASE)


class Database(pulumi.ComponentResource):
    """The instance, its subnet group and its parameters."""

    def __init__(self, name: str, context: Context, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:database:Database", name, None, opts)
        self._context = context
        self.instance = self._instance(args, self._subnet_group(args), self._parameter_group())
        # RDS generates the password, keeps it in Secrets Manager and rotates it: only the secret's ARN is known here.
        self.secret_arn: pulumi.Output[str] = self.instance.master_user_secrets.apply(lambda secrets: secrets[0]["secret_arn"])
        self.register_outputs({"endpoint": self.instance.endpoint})

    def _subnet_group(self, args: DatabaseArgs) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            "database",
            name=self._context.names("payments-db"),
            description="Private subnets of three zones",
            subnet_ids=args.subnet_ids,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _parameter_group(self) -> aws.rds.ParameterGroup:
        config = self._context.config
        return aws.rds.ParameterGroup(
            "database",
            # The family is part of the name: a major upgrade needs the new group beside the old one.
            name=self._context.names(f"payments-pg{config.engine_major}"),
            family=f"postgres{config.engine_major}",
            description="TLS only",
            parameters=[
                aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1"),
                # Statements can hold payment data, so who came and went is logged, but not what they said.
                aws.rds.ParameterGroupParameterArgs(name="log_connections", value="1"),
                aws.rds.ParameterGroupParameterArgs(name="log_disconnections", value="1"),
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _instance(self, args: DatabaseArgs, subnets: aws.rds.SubnetGroup, parameters: aws.rds.ParameterGroup) -> aws.rds.Instance:
        config = self._context.config
        identifier = database_identifier(self._context)
        return aws.rds.Instance(
            "database",
            identifier=identifier,
            engine="postgres",
            # Not under ignore_changes, though AWS upgrades minors by itself: after such an upgrade the plan must show
            # that configuration and database differ, so that version discovery moves the configuration on. Ignored,
            # a plan would say "no change" and a rebuild would ask for a version that is long withdrawn.
            engine_version=config.engine_version,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=False,
            instance_class=config.instance_class,
            multi_az=config.multi_az,
            db_name=DATABASE_NAME,
            port=POSTGRESQL,
            username=MASTER_USER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            db_subnet_group_name=subnets.name,
            parameter_group_name=parameters.name,
            vpc_security_group_ids=[args.security_group_id],
            publicly_accessible=False,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            allocated_storage=config.allocated_storage,
            max_allocated_storage=config.max_allocated_storage,
            backup_retention_period=config.backup_retention_days,
            backup_window="03:00-04:00",
            maintenance_window="sun:04:30-sun:05:30",
            copy_tags_to_snapshot=True,
            delete_automated_backups=not config.protected,
            deletion_protection=config.protected,
            skip_final_snapshot=not config.protected,
            # A snapshot outlives its stack: the next migration's needs another name.
            final_snapshot_identifier=f"{identifier}-final-{config.migration_date}" if config.protected else None,
            enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=7,  # days; the free tier
            apply_immediately=not config.protected,  # production waits for the maintenance window
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.log_groups)),
        )
