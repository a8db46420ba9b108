"""A snapshot of a system in which everything is as it must be, and how to break one thing in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from unit.checks import healthy_network, healthy_services, healthy_trials
from unit.checks.healthy_outputs import OUTPUTS

from runbook_lib.outputs import StackOutputs
from runbook_lib.snapshot import Snapshot

_SERVICES = (
    *("DATABASE", "PARAMETERS", "ENGINE_VERSION", "SECRET", "FUNCTIONS", "ROLES", "API", "STAGE", "API_KEY", "PLAN"),
    *("BALANCER", "TARGETS", "BUCKETS", "KEYS", "LOGS", "ALARMS", "DASHBOARD", "TOPIC"),
)
_TRIALS = (
    *("PAYMENT", "BALANCER", "REFUSALS", "CARD", "SCHEMA", "CLEANUP", "THROTTLE", "ALARM", "DRIFT"),
    *("AUDIT_STORE_OUTAGE", "DATABASE_OUTAGE", "SECRET_OUTAGE"),
)
_WHOLE = (
    healthy_network.NETWORK,
    healthy_network.FIREWALLS,
    healthy_network.FLOW_LOGS,
    *(getattr(healthy_services, name) for name in _SERVICES),
    *(getattr(healthy_trials, name) for name in _TRIALS),
)

HEALTHY = Snapshot(OUTPUTS, {type(part): part for part in _WHOLE}, datetime(2026, 11, 24, tzinfo=UTC))


def with_part(part: object) -> Snapshot:
    """The healthy system with one part in place of another."""
    return replace(HEALTHY, parts={**HEALTHY.parts, type(part): part})


def broken(part: Any, **changes: Any) -> Snapshot:
    """The healthy system with fields of one part changed."""
    return with_part(replace(part, **changes))


def with_outputs(**changes: Any) -> Snapshot:
    """The healthy system under other outputs."""
    return replace(HEALTHY, outputs=StackOutputs.model_validate({**OUTPUTS.model_dump(), **changes}))
