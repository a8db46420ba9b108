"""02_plan: what would change, and is that allowed?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from runbook_lib import basis, costs, gates, policy_packs, saved_plan, settings, workspace
from runbook_lib.plan import Plan
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step
from runbook_lib.steps.version_discovery import chosen_config, discovered
from runbook_lib.versions import Verdict

if TYPE_CHECKING:
    import pandas as pd

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
        outcome, saved = saved_plan.preview(context.run, context.engine)
    config = settings.stack_config(context.run.facts.environment)
    findings = gates.judge(
        outcome.plan,
        gates.GateContext(
            environment=context.run.facts.environment,
            suffix=str(config["payments:suffix"]),
            allowed_versions=frozenset(e.version for e in found.engines if e.verdict is Verdict.CREATABLE),
            deletion_limit=known.deletion_limit,
            as_of=found.as_of,
            warnings=tuple(outcome.warnings),
            account=context.run.facts.target.account,
            region=context.run.facts.target.region,
            rehearsal=context.run.facts.target.emulated,
        ),
    )
    estimate = costs.estimate(outcome.plan.operations, region=context.run.facts.target.region, today=context.day.judged)
    facts = context.run.facts
    packs = policy_packs.findings(policy_packs.named(facts.environment), facts.engine, outcome.policy_packs, outcome.violations)
    return Report(
        findings=(*findings, *packs, *costs.affordable(estimate, budget=known.monthly_budget_usd)),
        data={
            "digest": outcome.plan.digest,
            "basis": basis.of(context.run, context.engine),
            "update_plan": saved,
            "counts": outcome.plan.counts(),
            "operations": [operation.model_dump(mode="json") for operation in outcome.plan.operations],
            "outputs": outcome.outputs,
            "warnings": list(outcome.warnings),
            "monthly_fixed_usd": str(estimate.fixed),
            "budget_usd": str(known.monthly_budget_usd),
        },
        frames={"Plan digest": digest_frame(outcome.plan), "Operations": operations_frame(outcome.plan)},
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


def digest_frame(plan: Plan) -> pd.DataFrame:
    """What is agreed on: 03 applies nothing else."""
    import pandas as pd

    return pd.DataFrame({"SHA-256": [plan.digest], "Changes": [len(plan.changes)]})


def operations_frame(plan: Plan) -> pd.DataFrame:
    """The plan's operations by kind and type."""
    import pandas as pd

    rows = [{"Operation": op.op, "Type": op.type, "Name": op.name} for op in plan.operations]
    frame = pd.DataFrame(rows, columns=["Operation", "Type", "Name"])
    return frame.groupby(["Operation", "Type"], as_index=False).agg(
        Count=("Name", "size"), Names=("Name", lambda names: ", ".join(sorted(names)))
    )
