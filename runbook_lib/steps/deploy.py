"""03_deploy: apply exactly the plan that was agreed on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import settings, workspace
from runbook_lib.agreement import deviations, not_shown, of_outputs
from runbook_lib.errors import RunbookError
from runbook_lib.outputs import StackOutputs
from runbook_lib.plan import Plan, differences
from runbook_lib.results import Finding, Status
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.plan import agreed_outputs, agreed_plan
from runbook_lib.steps.step import Context, progress, step
from runbook_lib.steps.version_discovery import chosen_config

if TYPE_CHECKING:
    import pandas as pd

    from runbook_lib.engine_events import Outcome
    from runbook_lib.parameters import DeployParameters

_SHOWN = 10
"""How many deviations a finding names; the result holds all."""


@step("03_deploy")
def deploy(context: Context, known: DeployParameters) -> Report:
    """Preview once more, refuse if the plan moved, else update the stack and bring the database's schema up to date."""
    context.so_far["applied"] = False
    agreed = agreed_plan(context.run)
    wanted = known.plan_digest or agreed.digest
    workspace.prepare(context.run, chosen_config(context.run))
    progress("previewing once more")
    current = context.engine.preview().plan
    unmoved = _unmoved(wanted, agreed, current)
    context.so_far.update({"agreed_digest": wanted, "digest": current.digest})
    if unmoved.status is not Status.PASS:
        return Report(findings=(unmoved,), data=context.so_far)
    context.so_far["applied"] = "not known"  # until the update says: it may die half-way
    outcome = context.engine.up()
    odd = [*deviations(agreed, outcome.plan), *of_outputs(agreed_outputs(context.run), outcome.outputs)]
    context.so_far.update(_applied_data(outcome, odd))
    progress("applying schema migrations")
    outputs, contract = _outputs(outcome)
    function = outputs.schema_function_name if outputs else ""
    schema = _migrate(context, function)
    migrated = _schema_finding(function or "schema function", schema, newest_migration())
    return Report(
        findings=(unmoved, _applied(agreed, outcome.plan, odd), contract, migrated),
        data={**context.so_far, "schema": schema},
        frames={"Slowest resources": slowest_frame(outcome)},
    )


def _applied_data(outcome: Outcome, odd: list[str]) -> dict[str, Any]:
    """What the update did, as it is kept."""
    return {
        "applied": True,
        "counts": outcome.plan.counts(),
        "operations": [operation.model_dump(mode="json") for operation in outcome.plan.operations],
        "deviations": odd,
        "not_compared": not_shown(outcome.plan),
        "seconds": {done.urn: round(done.seconds, 3) for done in outcome.done},
        "outputs": outcome.outputs,
        "warnings": list(outcome.warnings),
    }


def _outputs(outcome: Outcome) -> tuple[StackOutputs | None, Finding]:
    """The stack's outputs, if they are what the later steps need: the stack has changed by now, so nothing here may raise."""
    found, wrong = None, ""
    try:
        found = StackOutputs.parse(outcome.outputs)
    except RunbookError as error:
        wrong = error.message
    return found, Finding(
        check="outputs_complete",
        requirement=("O2",),
        status=Status.FAIL if wrong else Status.PASS,
        resource="outputs",
        message=wrong or f"The stack has all {len(outcome.outputs)} outputs that the later steps need.",
        remedy="Hold stack/exports.py to runbook_lib/outputs.py." if wrong else "",
    )


def _unmoved(wanted: str, agreed: Plan, current: Plan) -> Finding:
    moved = current.digest != wanted
    what = "; ".join(differences(agreed, current)[:10])
    return Finding(
        check="plan_unmoved",
        requirement=(),
        status=Status.FAIL if moved else Status.PASS,
        resource=current.digest,
        message=f"The plan moved since it was agreed on: digest {current.digest[:12]} instead of {wanted[:12]}. {what}"
        if moved
        else f"The plan is the one agreed on, digest {current.digest[:12]}{_but_for_secrets(current)}.",
        remedy="Nothing was applied. Run 02_plan again and agree on the new plan." if moved else "",
    )


def _applied(agreed: Plan, applied: Plan, odd: list[str]) -> Finding:
    more = f" (and {len(odd) - _SHOWN} more, all in the result)" if len(odd) > _SHOWN else ""
    return Finding(
        check="applied_as_planned",
        requirement=(),
        status=Status.FAIL if odd else Status.PASS,
        resource=agreed.digest,
        message=f"What was applied is not what was agreed on: {'; '.join(odd[:_SHOWN])}{more}."
        if odd
        else f"All {len(applied.changes)} operations were applied as agreed on, values included, and no other"
        f"{_but_for_secrets(applied)}.",
        remedy="The stack holds what was applied. Run 02_plan to see what it takes to get to what the program asks for."
        if odd
        else "",
    )


def _but_for_secrets(plan: Plan) -> str:
    """Names what is no part of a digest or a comparison, because Pulumi never shows it."""
    hidden = not_shown(plan)
    more = f" and {len(hidden) - _SHOWN} more" if len(hidden) > _SHOWN else ""
    return f"; not compared, because secret: {', '.join(hidden[:_SHOWN])}{more}" if hidden else ""


def _migrate(context: Context, function: str) -> dict[str, Any]:
    """Invoke the schema function inside the VPC; its answer, or the error, as it is told."""
    if not function:
        return {"error": "the outputs do not name it"}
    try:
        return context.aws.invoke(function, {})
    except (RunbookError, ClientError, BotoCoreError) as error:
        return {"error": str(error)}


def newest_migration() -> int:
    """The version of the newest migration in the checkout, which is what has been packaged and deployed; 0 if there is none."""
    files = (settings.home() / "stack" / "functions" / "schema" / "migrations").glob("*.sql")
    return max((int(file.name.partition("_")[0]) for file in files), default=0)


def _schema_finding(function: str, schema: dict[str, Any], newest: int) -> Finding:
    current = schema.get("current")
    good = "error" not in schema and current == newest > 0
    if good:
        message = f"{function} brought the schema to version {current} ({len(schema.get('applied') or ())} applied now)."
    elif "error" in schema or not isinstance(current, int):
        message = f"{function} did not migrate the schema: {json.dumps(schema)[:500]}"
    else:
        message = f"{function} says that the schema is at version {current}; the newest migration is {newest}."
    return Finding(
        check="schema_migrated",
        requirement=("X1",),
        status=Status.PASS if good else Status.FAIL,
        resource=function,
        message=message,
        remedy="" if good else f"Read the log group of {function}; migrations are safe to repeat.",
    )


def slowest_frame(outcome: Outcome) -> pd.DataFrame:
    """The ten resources that took longest."""
    import pandas as pd

    slowest = sorted(outcome.done, key=lambda done: -done.seconds)[:10]
    return pd.DataFrame(
        [{"Resource": done.urn.rsplit("::", 1)[-1], "Type": done.type, "Seconds": f"{done.seconds:.1f}"} for done in slowest]
    )
