"""The target group holds the payments function, checks its health, and finds it well."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.elbv2 import TargetGroup

SUFFIX = ":function:"


@check(requirement=("L1",), title="The payments function is a healthy target with health checks")
def alb_target_healthy(snapshot: Snapshot) -> Judgements:
    """Health checks of Lambda targets are off unless switched on."""
    group, function = snapshot.read(TargetGroup), snapshot.outputs.payments_function_name
    targets = [target.partition(SUFFIX)[2] for target in group.target_ids]
    yield judge(
        group.name,
        ok=group.target_type == "lambda" and targets == [function] and group.target_states == ("healthy",),
        good=f"{group.name} finds {function} healthy.",
        bad=f"{group.name} finds its targets {targets or 'missing'} to be {list(group.target_states)}.",
        remedy="Look at the function's log, and at its permission for elasticloadbalancing.amazonaws.com.",
    )
    yield judge(
        group.name,
        ok=group.health_checks and group.health_path == "/health",
        good=f"{group.name} checks its target's health at {group.health_path}.",
        bad=f"{group.name} does not check its target's health at /health ({group.health_path or 'no path'}).",
        remedy="Enable the health check (deploy again).",
    )
