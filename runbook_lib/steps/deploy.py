"""03_deploy: apply exactly the plan that was agreed on."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import basis, constraint, gates, saved_plan, settings, workspace
from runbook_lib.agreement import deviations, not_known, not_shown, of_outputs
from runbook_lib.errors import ConstraintError, NoPlansError, RunbookError
from runbook_lib.outputs import StackOutputs
from runbook_lib.results import Finding, Status
from runbook_lib.steps import looking_around, verdicts
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.plan import agreed_data, agreed_outputs, agreed_plan
from runbook_lib.steps.step import Context, progress, step
from runbook_lib.steps.version_discovery import chosen_config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from runbook_lib.engine_events import Outcome
    from runbook_lib.parameters import DeployParameters


@step("03_deploy")
def deploy(context: Context, known: DeployParameters) -> Report:
    """Refuse if anything moved since the plan was agreed on, else apply it, and bring the database's schema up to date.

    Pulumi is held to the plan that it saved itself. That refuses a resource only when it comes to it: the preview comes first.
    """
    context.so_far["applied"] = False
    agreed, told = agreed_plan(context.run), agreed_data(context.run)
    wanted = known.plan_digest or agreed.digest
    workspace.prepare(context.run, chosen_config(context.run))
    saved = saved_plan.agreed(context.run, told.get("update_plan") or {})
    if moved := basis.moved(told.get("basis") or {}, basis.of(context.run, context.engine)):
        return Report(findings=(verdicts.basis_moved(agreed, moved),), data=context.so_far)
    progress("previewing once more")
    previewed = context.engine.preview()
    current = previewed.plan
    unmoved = verdicts.unmoved(wanted, agreed, current)
    context.so_far.update({"agreed_digest": wanted, "digest": current.digest})
    if unmoved.status is not Status.PASS:
        return Report(findings=(unmoved,), data=context.so_far)
    # 02 has looked, too; meanwhile another state may have made what this one would make, or another team set the account's role.
    around = looking_around.findings(context, current)
    if any(each.status is not Status.PASS for each in around):
        return Report(findings=(unmoved, *around), data=context.so_far)
    context.so_far["applied"] = "not known"  # until the update says: it may die half-way
    try:
        outcome, held = _held_to(saved, told, context, refresh=bool(previewed.outside.changes))
    except ConstraintError as error:
        secrets = [f"{op.type} {op.name}: {each}" for op in agreed.operations for each in op.secrets]
        refused = constraint.without_secrets(error.refused, secrets)
        data = {**context.so_far, **error.evidence, "deviations": refused}
        return Report(findings=(unmoved, *around, verdicts.refused(agreed, error, refused)), data=data)
    context.so_far["update_plan"] = held
    odd = [*deviations(agreed, outcome.plan), *of_outputs(agreed_outputs(context.run), outcome.outputs)]
    context.so_far.update(_applied_data(outcome, odd) | {"not_known": not_known(agreed, outcome.plan)})
    progress("applying schema migrations")
    outputs, contract = _outputs(outcome)
    function = outputs.schema_function_name if outputs else ""
    schema = _migrate(context, function)
    migrated = _schema_finding(function or "schema function", schema, newest_migration())
    granted = gates.judge_known_later(agreed, outcome.plan, gates.GateContext(context.run.facts.environment, ""))
    return Report(
        findings=(unmoved, *around, verdicts.applied(agreed, outcome.plan, odd, held), contract, migrated, *granted),
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


def _held_to(saved: Path | None, told: Mapping[str, Any], context: Context, *, refresh: bool) -> tuple[Outcome, dict[str, Any]]:
    """Update, held to the saved plan; and what is put on record of that: its ``sha256``, or ``why_not``."""
    up = partial(context.engine.up, refresh=refresh)
    known = dict(told.get("update_plan") or {})
    if saved is None:
        return up(), {"why_not": known.get("why_not", "02 saved none")}
    try:
        return up(plan=saved), {"sha256": known["sha256"]}
    except NoPlansError as error:
        return up(), {"why_not": error.message}


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
