"""05_cost_check: what does the stack cost a month, and is that within budget?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib import costs
from runbook_lib.plan import deployed
from runbook_lib.results import now
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.plan import agreed_plan
from runbook_lib.steps.step import Context, step

if TYPE_CHECKING:
    from runbook_lib.parameters import CostCheckParameters


@step("05_cost_check")
def cost_check(context: Context, known: CostCheckParameters) -> Report:
    """Price what is deployed from the shipped price list and hold it to the budget and to the plan's estimate."""
    region = context.run.facts.target.region
    planned = costs.estimate(agreed_plan(context.run).operations, region=region)
    live = costs.estimate(deployed(context.engine.resources()).operations, region=region)
    findings = costs.findings(live, planned=planned, budget=known.monthly_budget_usd, today=now().date())
    return Report(
        findings=findings,
        data={
            "estimate": live.model_dump(mode="json"),
            "fixed_usd": str(live.fixed),
            "planned_fixed_usd": str(planned.fixed),
            "budget_usd": str(known.monthly_budget_usd),
        },
        frames={"Estimate": live.frame()},
        figures={"By service": live.figure()},
    )
