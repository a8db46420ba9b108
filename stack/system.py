"""How the components fit together: each gets what it needs from those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alarms import Watched
from api import Api, ApiArgs
from application import Application, ApplicationArgs, function_name
from database import Database, DatabaseArgs, database_identifier
from endpoints import Endpoints, EndpointsArgs
from exports import System
from flow_logs import FlowLogs, FlowLogsArgs
from keys import Keys, KeysArgs
from load_balancer import LoadBalancer, LoadBalancerArgs
from log_groups import LogGroups, LogGroupsArgs
from monitoring import Monitoring, MonitoringArgs
from network import Network
from network_acls import NetworkAcls
from roles import FunctionRoles
from security import SecurityGroups
from storage import AccessLogStore, AuditStore, bucket_name

if TYPE_CHECKING:
    import pulumi

    from context import Context


def build(context: Context, opts: pulumi.ResourceOptions) -> System:
    """Declare the whole system.

    Args:
        context: Where it is built.
        opts: Options of every top component: the tagged provider.
    """
    payments, schema = function_name(context, "payments"), function_name(context, "schema")
    audit_bucket = bucket_name(context, "audit")

    roles = FunctionRoles("roles", context, opts)
    keys = Keys("keys", context, KeysArgs(audit_bucket, roles.payments.arn), opts)
    logs = LogGroups("logs", context, LogGroupsArgs(keys.operations.arn, payments, schema, database_identifier(context)), opts)

    network = Network("network", context, opts)
    NetworkAcls("network-acls", context, network, opts)
    security = SecurityGroups("security", context, network, opts)
    endpoints = Endpoints("endpoints", context, EndpointsArgs(network, security, audit_bucket, roles.payments.arn), opts)
    FlowLogs("flow-logs", context, FlowLogsArgs(network.vpc.id, logs.groups["flow-logs"].arn), opts)
    private_subnets = [subnet.id for subnet in network.private]

    access_logs = AccessLogStore("access-logs", context, opts)
    audit = AuditStore("audit", context, keys.audit.arn, access_logs, opts)
    database_args = DatabaseArgs(
        subnet_ids=private_subnets,
        security_group_id=security.database.id,
        key_arn=keys.database.arn,
        log_groups=[logs.groups["database-postgresql"], logs.groups["database-upgrade"]],
    )
    database = Database("database", context, database_args, opts)

    application_args = ApplicationArgs(
        roles=roles,
        logs=logs,
        database=database,
        subnet_ids=private_subnets,
        security_group_id=security.function.id,
        audit_bucket=audit_bucket,
        audit_key_arn=keys.audit.arn,
        database_key_arn=keys.database.arn,
    )
    application = Application("application", context, application_args, opts)
    api = Api("api", context, ApiArgs(application.payments, logs.groups["api-access"].arn, keys.operations.arn), opts)
    balancer_args = LoadBalancerArgs(
        subnet_ids=[subnet.id for subnet in network.public],
        security_group_id=security.load_balancer.id,
        internet_gateway=network.gateway,
        function=application.payments,
        access_logs=access_logs,
    )
    balancer = LoadBalancer("load-balancer", context, balancer_args, opts)

    watched = Watched(
        database=database_identifier(context),
        payments_function=payments,
        schema_function=schema,
        api=context.names("payments"),
        stage=context.config.environment,
        load_balancer=balancer.balancer.arn_suffix,
        target_group=balancer.target_group.arn_suffix,
    )
    monitoring = Monitoring("monitoring", context, MonitoringArgs(watched, keys.operations.arn, database.instance), opts)
    return System(
        context=context,
        roles=roles,
        keys=keys,
        logs=logs,
        network=network,
        security=security,
        endpoints=endpoints,
        access_logs=access_logs,
        audit=audit,
        database=database,
        application=application,
        api=api,
        load_balancer=balancer,
        monitoring=monitoring,
    )
