"""The stack's outputs, all in one place, none of them secret: the runbook's checks are held to this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api import Api
    from application import Application
    from context import Context
    from database import Database
    from endpoints import Endpoints
    from keys import Keys
    from load_balancer import LoadBalancer
    from log_groups import LogGroups
    from monitoring import Monitoring
    from network import Network
    from roles import FunctionRoles
    from security import SecurityGroups
    from storage import AccessLogStore, AuditStore


@dataclass(frozen=True)
class System:
    """All components of one deployment."""

    context: Context
    roles: FunctionRoles
    keys: Keys
    logs: LogGroups
    network: Network
    security: SecurityGroups
    endpoints: Endpoints
    access_logs: AccessLogStore
    audit: AuditStore
    database: Database
    application: Application
    api: Api
    load_balancer: LoadBalancer
    monitoring: Monitoring


def outputs(system: System) -> dict[str, Any]:
    """Name what the runbook needs to find the live system."""
    return {**_place(system), **_network(system), **_application(system), **_monitoring(system)}


def _place(system: System) -> dict[str, Any]:
    config = system.context.config
    return {
        "environment": config.environment,
        "suffix": config.suffix,
        "region": config.region,
        "migration_date": config.migration_date.isoformat(),
    }


def _network(system: System) -> dict[str, Any]:
    network, security = system.network, system.security
    return {
        "vpc_id": network.vpc.id,
        "availability_zones": list(system.context.zones),
        "public_subnet_ids": [subnet.id for subnet in network.public],
        "private_subnet_ids": [subnet.id for subnet in network.private],
        "nat_gateway_ids": [gateway.id for gateway in network.nat_gateways],
        "alb_security_group_id": security.load_balancer.id,
        "lambda_security_group_id": security.function.id,
        "database_security_group_id": security.database.id,
        "vpc_endpoint_ids": [endpoint.id for endpoint in (system.endpoints.s3, *system.endpoints.interfaces)],
    }


def _application(system: System) -> dict[str, Any]:
    instance, api, balancer = system.database.instance, system.api, system.load_balancer
    return {
        "rds_identifier": instance.identifier,
        "rds_endpoint": instance.endpoint,
        "rds_engine_version": instance.engine_version_actual,
        "master_secret_arn": system.database.secret_arn,
        "payments_function_name": system.application.payments.name,
        "schema_function_name": system.application.schema.name,
        "payments_role_name": system.roles.payments.name,
        "schema_role_name": system.roles.schema.name,
        "api_id": api.rest_api.id,
        "api_stage_name": api.stage.stage_name,
        "api_url": api.stage.invoke_url,
        "api_key_id": api.key.id,
        "usage_plan_id": api.usage_plan.id,
        "alb_name": balancer.balancer.name,
        "alb_arn": balancer.balancer.arn,
        "alb_dns_name": balancer.balancer.dns_name,
        "target_group_arn": balancer.target_group.arn,
        "audit_bucket_name": system.audit.bucket.bucket,
        "access_log_bucket_name": system.access_logs.bucket.bucket,
    }


def _monitoring(system: System) -> dict[str, Any]:
    groups = [*system.logs.groups.values(), system.api.execution_log]
    return {
        "key_arns": system.keys.arns,
        "topic_arn": system.monitoring.topic.arn,
        "dashboard_name": system.monitoring.dashboard.dashboard_name,
        "alarm_names": [alarm.name for alarm in system.monitoring.alarms],
        "log_group_names": [group.name for group in groups],
    }
