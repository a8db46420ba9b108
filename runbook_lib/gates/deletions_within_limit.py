"""A plan does not delete or replace more of what holds data than its operator allowed."""

from __future__ import annotations

from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge

# What is lost with these cannot be made again by deploying: rows, objects, events, and whatever a key encrypted.
STATEFUL = {
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:kms/key:Key",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
}


@gate(requirement=("T2",), title="Deletions and replacements of stateful resources stay within the limit")
def deletions_within_limit(plan: Plan, context: GateContext) -> Judgements:
    """The limit is the parameter ``deletion_limit``, 0 unless an operator raises it for one run."""
    population = [op for op in plan.operations if op.type in STATEFUL]
    lost = sorted(f"{op.op} {op.name}" for op in population if op.op in {"delete", "replace"})
    yield judge(
        f"{len(population)} stateful resources",
        ok=bool(population) and len(lost) <= context.deletion_limit,
        good=f"Of {len(population)} stateful resources {len(lost)} are deleted or replaced; {context.deletion_limit} may be.",
        bad=f"Of {len(population)} stateful resources {len(lost)} are deleted or replaced, "
        f"{context.deletion_limit} may be: {', '.join(lost)}.",
        remedy="Find out what forces the replacement; if it is meant, raise deletion_limit for this run.",
    )
