"""05_cost_check: what does the stack cost a month, and is that within budget?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from runbook_lib import costs, settings, tagged
from runbook_lib.costs import explorer, live_reading
from runbook_lib.plan import deployed
from runbook_lib.results import Finding, Status
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.plan import agreed_plan
from runbook_lib.steps.step import Context, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runbook_lib.parameters import CostCheckParameters


@step("05_cost_check")
def cost_check(context: Context, known: CostCheckParameters) -> Report:
    """Price what is deployed from the shipped price list and hold it to the budget and to the plan's estimate."""
    region = context.run.facts.target.region
    resources = context.engine.resources()
    standing = deployed(resources).operations
    usage = costs.UsageAssumptions.of(settings.environment(context.run.facts.environment).usage)
    priced = partial(costs.estimate, region=region, usage=usage)
    planned = priced(agreed_plan(context.run).operations, today=context.day.judged)
    live = priced(standing, today=context.day.judged)
    on_today = priced(standing, today=context.day.today)
    costs.dated_ahead(on_today, context.day.today)
    delta = costs.diff(planned, live)
    billed = _billed(context, resources) if known.actual_costs else None
    return Report(
        findings=(
            *costs.findings(
                live,
                budget=known.monthly_budget_usd,
                strict=known.fresh_prices,
                unconfirmed_limit=known.unconfirmed_share_limit,
            ),
            _as_planned(delta),
            *live_reading.findings(context.aws, resources, standing, region=region, today=context.day.judged),
        ),
        data={
            "estimate": live.model_dump(mode="json"),
            "fixed_usd": str(live.fixed),
            "planned_fixed_usd": str(planned.fixed),
            "budget_usd": str(known.monthly_budget_usd),
            "actual": billed if isinstance(billed, str | None) else billed.model_dump(mode="json"),
        },
        warnings=(
            *costs.near_budget(live, budget=known.monthly_budget_usd, share=known.budget_warn_share),
            *costs.unmet(live),
            *costs.warnings(live, on_today, budget=known.monthly_budget_usd),
            *([f"What the stack has cost is not known: {billed}."] if isinstance(billed, str) else []),
            *([billed.told(live.fixed)] if isinstance(billed, explorer.Actual) else []),
        ),
        frames={
            "Estimate": live.frame(),
            "Deployed against planned": delta.frame(),
            **({"Actual costs": billed.frame(live.fixed)} if isinstance(billed, explorer.Actual) else {}),
            "Price lists": live.lists(),
        },
        figures={"By service": live.figure()},
    )


def _billed(context: Context, resources: Sequence[Mapping[str, Any]]) -> explorer.Actual | str:
    """What AWS charged lately; its days are those of the bill, whatever day is judged for."""
    identity = tagged.identity(tagged.default_tags(resources))
    return explorer.actual(context.aws, identity, context.day.today)


def _as_planned(delta: costs.CostDelta) -> Finding:
    return Finding(
        check="cost_as_planned",
        requirement=(),
        status=Status.PASS if delta.same else Status.FAIL,
        resource="stack",
        message=f"What is deployed costs what was planned, {costs.dollars(delta.after)} a month."
        if delta.same
        else f"What is deployed does not cost what was planned: {delta.summary()}.",
        remedy="" if delta.same else "Compare 02_plan with the stack: something was changed outside the runbook.",
    )
