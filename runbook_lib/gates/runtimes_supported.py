"""Functions run on runtimes that still get security updates."""

from __future__ import annotations

from datetime import date, timedelta

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, none_is, shown
from runbook_lib.judgement import unknown
from runbook_lib.lifecycle import RuntimeLife, lambda_runtimes

TYPES = ("aws:lambda/function:Function", "aws:lambda/layerVersion:LayerVersion")


@gate(requirement=("A1", "F1"), title="Lambda runtimes are supported")
def runtimes_supported(plan: Plan, context: GateContext) -> Judgements:
    """AWS goes on for years to run, and to let create, what it no longer mends."""
    judged = 0
    for op in shown(plan, *TYPES):
        one, several = op.inputs.get("runtime"), op.inputs.get("compatibleRuntimes") or []
        for name in [one] if one else several if isinstance(several, list) else [several]:
            judged += 1
            life = lambda_runtimes().get(str(name))
            if life is None:
                why = (
                    "is known only after the update"
                    if name == COMPUTED
                    else "is in no table here (runbook_lib/data/lifecycle_lambda.csv)"
                )
                yield unknown(op.name, f"{op.name} runs on {name}, which {why}.", "Add its dates with their source.")
                continue
            days, left = context.min_support_days, (life.deprecated - context.day).days
            asked = f", {days} days are asked for" if days else ""
            until = f"supported until {life.deprecated}{asked}"
            yield judge(
                op.name,
                ok=left > 0 and left >= days,
                good=f"{op.name} runs on {name}, {until} ({life.source}, {life.as_of}).",
                bad=f"{op.name} runs on {name}, {until if left > 0 else _end(life, context.day)} ({life.source}, {life.as_of}).",
                remedy=f"Use {', '.join(_successors(life, context.day + timedelta(days=days)))}.",
            )
    if not judged:
        yield none_is(plan, "a function or layer with a runtime")


def _end(life: RuntimeLife, day: date) -> str:
    blocks = [("created", life.create_block), ("updated", life.update_block)]
    said = [f"cannot be {what} {'since' if day >= when else 'from'} {when}" for what, when in blocks if when]
    return "; ".join([f"deprecated since {life.deprecated}", *said])


def _successors(life: RuntimeLife, day: date) -> list[str]:
    """The runtimes of the same language that are supported, the one that AWS names first."""
    language = life.runtime.rstrip("0123456789.x")
    same = [name for name, each in lambda_runtimes().items() if name.startswith(language) and day < each.deprecated]
    return list(dict.fromkeys([*([life.successor] if life.successor else []), *same])) or ["a supported runtime"]
