"""The usage plan limits rate, burst and quota on the stage that is served."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import UsagePlan


@check(requirement=("P1",), title="The usage plan throttles and has a quota")
def api_throttled(snapshot: Snapshot) -> Judgements:
    """A plan that does not name the stage limits nothing."""
    plan, outputs = snapshot.read(UsagePlan), snapshot.outputs
    limits = f"{plan.rate_per_second:g} a second, bursts of {plan.burst}, a quota of {plan.quota}"
    yield judge(
        plan.name,
        ok=f"{outputs.api_id}/{outputs.api_stage_name}" in plan.stages
        and plan.rate_per_second > 0
        and plan.burst > 0
        and plan.quota > 0,
        good=f"{plan.name} allows {limits}.",
        bad=f"{plan.name} allows {limits} on {list(plan.stages) or 'no stage'}; 0 is no limit.",
        remedy="Set payments:throttleRate, throttleBurst and quotaPerDay, and deploy again.",
    )
