"""02_plan: what would change, and is that allowed?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from runbook_lib import basis, costs, decision, gates, policy_packs, saved_plan, settings, workspace
from runbook_lib.plan import Plan
from runbook_lib.steps import looking_around
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step
from runbook_lib.steps.version_discovery import chosen_config, discovered
from runbook_lib.versions import planned

if TYPE_CHECKING:
    from runbook_lib.parameters import PlanParameters
    from runbook_lib.run import Run


@step("02_plan")
def plan(context: Context, known: PlanParameters) -> Report:
    """Preview the stack with the discovered versions, judge the plan, and fix its digest and Pulumi's own; changes nothing."""
    progress("previewing")
    found = discovered(context.run)
    workspace.prepare(context.run, chosen_config(context.run))
    with ThreadPoolExecutor(max_workers=1) as meanwhile:  # Pulumi is a process of its own: this one has time
        meanwhile.submit(gates.warm_up)
        meanwhile.submit(looking_around.warm_up, context.aws)
        outcome, saved = saved_plan.preview(context.run, context.engine)
    engines, running = planned.read(context.aws, outcome.plan, found, context.day, context.engine.resources)
    config = settings.stack_config(context.run.facts.environment)
    findings = gates.judge(
        outcome.plan,
        gates.GateContext(
            environment=context.run.facts.environment,
            suffix=str(config["payments:suffix"]),
            engines=engines,
            running=running,
            day=context.day.judged,
            deletion_limit=known.deletion_limit,
            warnings=tuple(outcome.warnings),
            account=context.run.facts.target.account,
            region=context.run.facts.target.region,
            protected=settings.protected(config),
            min_support_days=found.min_support_days,
            rehearsal=context.run.facts.target.emulated,
        ),
    )
    usage = costs.UsageAssumptions.of(settings.environment(context.run.facts.environment).usage)
    estimate = costs.estimate(
        outcome.plan.operations, region=context.run.facts.target.region, today=context.day.judged, usage=usage
    )
    costs.dated_ahead(estimate, context.day.today)
    near = costs.near_budget(estimate, budget=known.monthly_budget_usd, share=known.budget_warn_share)
    cost = decision.change_of_cost(outcome.plan, estimate, region=context.run.facts.target.region, today=context.day.judged)
    needs = decision.needs_of(saved_plan.agreed(context.run, saved))
    facts = context.run.facts
    packs = policy_packs.findings(policy_packs.named(facts.environment), facts.engine, outcome.policy_packs, outcome.violations)
    return Report(
        findings=(
            *looking_around.findings(context, outcome.plan),
            *findings,
            *packs,
            *costs.findings(
                estimate,
                budget=known.monthly_budget_usd,
                strict=known.fresh_prices,
                unconfirmed_limit=known.unconfirmed_share_limit,
            ),
        ),
        data={
            "digest": outcome.plan.digest,
            "basis": basis.of(context.run, context.engine),
            "update_plan": saved,
            "counts": outcome.plan.counts(),
            "operations": [operation.model_dump(mode="json") for operation in outcome.plan.operations],
            "outside": [operation.model_dump(mode="json") for operation in outcome.outside.operations],
            "outputs": outcome.outputs,
            "warnings": [*outcome.warnings, *near, *costs.unmet(estimate)],
            "monthly_fixed_usd": str(estimate.fixed),
            "budget_usd": str(known.monthly_budget_usd),
            "price_lists": [file.model_dump(mode="json") for file in estimate.price_lists],
            "cost": cost.model_dump(mode="json"),
            "causes": [cause.model_dump(mode="json") for cause in decision.causes(outcome.plan, needs)],
        },
        page=lambda result: decision.page(context.run.facts, result, found.model_dump(mode="json")),
    )


def agreed_plan(run: Run) -> Plan:
    """The plan that 02 fixed in this run.

    Raises:
        UsageError: 02 has not passed in this run.
    """
    return Plan.model_validate({"operations": run.passed("02_plan").data["operations"]})


def agreed_data(run: Run) -> dict[str, Any]:
    """All that 02 put on record in this run.

    Raises:
        UsageError: 02 has not passed in this run.
    """
    return dict(run.passed("02_plan").data)


def agreed_outputs(run: Run) -> dict[str, Any]:
    """The stack's outputs as 02 foresaw them in this run, ``<computed>`` for what it could not know.

    Raises:
        UsageError: 02 has not passed in this run.
    """
    return dict(run.passed("02_plan").data["outputs"])
