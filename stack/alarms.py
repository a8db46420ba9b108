"""Which alarms there are, as a table: what is watched, when it is too much, and what silence means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config import StackConfig

PERIOD_SECONDS = 300
_GIB = 1024**3
_DATABASE, _FUNCTION, _API, _BALANCER = "AWS/RDS", "AWS/Lambda", "AWS/ApiGateway", "AWS/ApplicationELB"
OWN_METRICS = "Payments"
"""Namespace of the metrics that the payments function writes (POWERTOOLS_METRICS_NAMESPACE)."""


class Silence(StrEnum):
    """What it means when a metric has no data."""

    BAD = "breaching"
    """It always reports while it lives."""
    GOOD = "notBreaching"
    """It reports only when something happens, and nothing did."""
    UNKNOWN = "missing"
    """It says nothing either way; the alarm shows INSUFFICIENT_DATA."""


@dataclass(frozen=True)
class Alarm:
    """One alarm over one metric."""

    key: str
    description: str
    namespace: str
    metric: str
    statistic: str
    threshold: float
    dimensions: Mapping[str, Any]
    silence: Silence
    below: bool = False
    periods: int = 1

    @property
    def group(self) -> str:
        """The service it watches: the first word of its key."""
        return self.key.partition("-")[0]


@dataclass(frozen=True)
class Watched:
    """The names by which the metrics of the stack's services are known; some only after they were made."""

    database: str
    payments_function: str
    schema_function: str
    api: str
    stage: str
    load_balancer: Any
    target_group: Any


def alarm_table(config: StackConfig, watched: Watched) -> list[Alarm]:
    """List the stack's alarms."""
    return [
        *_database_alarms(config, {"DBInstanceIdentifier": watched.database}),
        *_function_alarms(config, watched),
        *_api_alarms({"ApiName": watched.api, "Stage": watched.stage}),
        *_balancer_alarms(watched),
    ]


def _database_alarms(config: StackConfig, database: Mapping[str, Any]) -> list[Alarm]:
    space = 0.15 * config.allocated_storage * _GIB
    connections = 0.8 * config.database_connections_limit
    return [
        Alarm(
            "database-cpu", "CPU above 80 % for a quarter of an hour",
            _DATABASE, "CPUUtilization", "Average", 80, database, Silence.BAD, periods=3,
        ),
        Alarm(
            "database-storage", "Less than 15 % of the allocated storage is free",
            _DATABASE, "FreeStorageSpace", "Minimum", space, database, Silence.BAD, below=True,
        ),
        Alarm(
            "database-connections", "More than 80 % of the connections are in use",
            _DATABASE, "DatabaseConnections", "Maximum", connections, database, Silence.BAD,
        ),
    ]  # fmt: skip


def _function_alarms(config: StackConfig, watched: Watched) -> list[Alarm]:
    payments = {"FunctionName": watched.payments_function}
    schema = {"FunctionName": watched.schema_function}
    slow = 800.0 * config.lambda_timeout_seconds
    failures = [
        ("database-unavailable", "DatabaseUnavailable", "The database cannot be reached"),
        ("audit-unavailable", "AuditStoreUnavailable", "The audit store cannot be written"),
        ("secret-unreadable", "SecretUnreadable", "The database secret cannot be read"),
        ("time-nearly-out", "TimeNearlyOut", "Payments were turned away because time was nearly out"),
    ]
    return [
        Alarm(
            "payments-errors", "The payments function failed without an answer",
            _FUNCTION, "Errors", "Sum", 0, payments, Silence.GOOD,
        ),
        Alarm(
            "payments-throttles", "Calls of the payments function were refused for want of concurrency",
            _FUNCTION, "Throttles", "Sum", 0, payments, Silence.GOOD,
        ),
        Alarm(
            "payments-duration", "One payment in twenty takes more than 80 % of the timeout",
            _FUNCTION, "Duration", "p95", slow, payments, Silence.GOOD,
        ),
        Alarm(
            "schema-errors", "A database migration failed",
            _FUNCTION, "Errors", "Sum", 0, schema, Silence.GOOD,
        ),
        *(
            Alarm(f"payments-{key}", text, OWN_METRICS, metric, "Sum", 0,
                  {"service": "payments", "function_name": watched.payments_function}, Silence.GOOD)
            for key, metric, text in failures
        ),
    ]  # fmt: skip


def _api_alarms(api: Mapping[str, Any]) -> list[Alarm]:
    return [
        Alarm(
            "api-4xx", "More than a quarter of the requests are refused: a client or the contract has changed",
            _API, "4XXError", "Average", 0.25, api, Silence.GOOD, periods=3,
        ),
        Alarm(
            "api-5xx", "The API answered with a server error",
            _API, "5XXError", "Sum", 0, api, Silence.GOOD,
        ),
    ]  # fmt: skip


def _balancer_alarms(watched: Watched) -> list[Alarm]:
    balancer = {"LoadBalancer": watched.load_balancer}
    target = {**balancer, "TargetGroup": watched.target_group}
    return [
        Alarm(
            "alb-5xx", "The load balancer itself answered with a server error",
            _BALANCER, "HTTPCode_ELB_5XX_Count", "Sum", 0, balancer, Silence.GOOD,
        ),
        Alarm(
            "alb-target-5xx", "The function answered the load balancer with a server error",
            _BALANCER, "HTTPCode_Target_5XX_Count", "Sum", 0, target, Silence.GOOD,
        ),
        Alarm(
            "alb-unhealthy", "The function fails the load balancer's health checks",
            # Without data nobody knows whether it is healthy, and the alarm must not say that it is.
            _BALANCER, "UnHealthyHostCount", "Maximum", 0, target, Silence.UNKNOWN, periods=2,
        ),
    ]  # fmt: skip
