"""A plan does not delete or replace more of what holds data than its operator allowed."""

from __future__ import annotations

from runbook_lib.documented import holding
from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge
from runbook_lib.gates.sdk import keeps_data


def stateful(token: str) -> bool:
    """Whether deploying again would not bring back what a resource of this type holds; of an unknown type it is taken so."""
    if token in holding():
        return True
    try:
        return keeps_data(token)
    except ValueError:
        return True


@gate(requirement=("T2",), title="Deletions and replacements of stateful resources stay within the limit")
def deletions_within_limit(plan: Plan, context: GateContext) -> Judgements:
    """The limit is the parameter ``deletion_limit``, 0 unless an operator raises it for one run."""
    custom = [op for op in plan.operations if op.provider or op.type.startswith("aws:")]  # a component holds nothing itself
    population = [op for op in custom if stateful(op.type)]
    lost = sorted(f"{op.op} {op.name}" for op in population if op.op in {"delete", "replace"})
    yield judge(
        f"{len(population)} stateful resources",
        ok=bool(population) and len(lost) <= context.deletion_limit,
        good=f"Of {len(population)} stateful resources {len(lost)} are deleted or replaced; {context.deletion_limit} may be.",
        bad=f"Of {len(population)} stateful resources {len(lost)} are deleted or replaced, "
        f"{context.deletion_limit} may be: {', '.join(lost)}.",
        remedy="Find out what forces the replacement; if it is meant, raise deletion_limit for this run.",
    )
