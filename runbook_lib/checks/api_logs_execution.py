"""API Gateway logs what goes wrong inside it, but not the bodies."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import Stage


@check(requirement=("P1",), title="The API logs execution, without bodies")
def api_logs_execution(snapshot: Snapshot) -> Judgements:
    """With data tracing a card number sent by mistake would be in the log before the function could refuse it."""
    stage = snapshot.read(Stage)
    yield judge(
        stage.name,
        ok=stage.execution_log_level in {"ERROR", "INFO"} and stage.metrics and not stage.logs_bodies,
        good=f"Stage {stage.name} logs execution at {stage.execution_log_level}, with metrics and without bodies.",
        bad=f"Stage {stage.name} logs execution at {stage.execution_log_level}, metrics {stage.metrics}, "
        f"bodies {stage.logs_bodies}.",
        remedy="Set loggingLevel, metricsEnabled and dataTraceEnabled=false for */* (deploy again).",
    )
