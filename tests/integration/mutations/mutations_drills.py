"""Breaks that show in a drill only, or in what the engine finds changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from integration.mutations.live import Live, Mutation, reversal
from integration.mutations.mutations_api import gateway_answer
from integration.mutations.mutations_behaviour import payments, warmed
from integration.mutations.mutations_monitoring import alarm_changed

from runbook_lib.snapshot.cloudwatch import Alarms
from runbook_lib.snapshot.drift import Drift
from runbook_lib.snapshot.drill_limits import AlarmTrial, ThrottleTrial
from runbook_lib.snapshot.drill_outages import AuditStoreOutage, DatabaseOutage, SecretOutage

if TYPE_CHECKING:
    from collections.abc import Callable

READ_FAILED = 'raise SecretUnreadableError(error.response["Error"]["Code"]) from error'


def actions_off(live: Live) -> Callable[[], object]:
    """Switch every alarm's actions off: whichever the drill chooses tells nobody."""
    cloudwatch = live.client("cloudwatch")
    names = list(live.outputs.alarm_names)
    return reversal(cloudwatch.disable_alarm_actions, cloudwatch.enable_alarm_actions, AlarmNames=names)


def broken_connection_kept(live: Live) -> Callable[[], object]:
    """A function that never opens a second connection."""
    forgetting, keeping = "connection, self._connection = self._connection, None", "connection = self._connection"
    mend = payments("shared/database.py", forgetting, keeping)(live)
    warmed(live, 1)
    return mend


ROWS = (
    Mutation(
        "alarms_reach_subscribers", (AlarmTrial, Alarms), actions_off, "was told nothing",
        also={"alarms_notify_topic": "the actions are off, which the alarm itself says too"},
    ),
    Mutation(
        "api_answers_bursts_with_429", (ThrottleTrial,), partial(gateway_answer, response="THROTTLED", status="420"),
        "(420, ",
    ),
    Mutation(
        "audit_store_outage_survived", (AuditStoreOutage,),
        payments("payments/errors.py", '503, "audit_store_unavailable"', '500, "audit_store_unavailable"'), "the answer was 500",
    ),
    Mutation("database_outage_survived", (DatabaseOutage,), broken_connection_kept, "back, the answer was 503"),
    Mutation(  # a function that remembers a refusal
        "secret_outage_survived", (SecretOutage,),
        payments("shared/secret.py", READ_FAILED, f"client.get_secret_value = lambda **_: {{}}; {READ_FAILED}"),
        "back, the answer was 503",
    ),
    Mutation(
        "stack_has_no_drift", (Drift, Alarms), lambda live: alarm_changed(live, "api-4xx", Threshold=0.5),
        "aws:cloudwatch/metricAlarm:MetricAlarm api-4xx (threshold)",
    ),
)  # fmt: skip
