"""Nobody has changed the stack's resources behind the engine's back."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.drift import Drift


@check(requirement=("T1", "O2"), title="A refresh finds the stack as it was deployed")
def stack_has_no_drift(snapshot: Snapshot) -> Judgements:
    """The engine compares every resource of its state with AWS; having compared none is no evidence."""
    drift, outputs = snapshot.read(Drift), snapshot.outputs
    name = f"stack {outputs.environment}-{outputs.suffix}"
    differing = "; ".join(f"{what} ({', '.join(paths) or 'as a whole'})" for what, paths in drift.changed.items())
    yield judge(
        name,
        ok=drift.resources > 0 and not drift.changed,
        good=f"The engine compared {drift.resources} resources of {name}, and found each as it was deployed.",
        bad=f"Of {drift.resources} resources of {name} these differ from what was deployed: {differing or 'none was compared'}.",
        remedy="Find out who changed them (CloudTrail), then deploy again, or change the program to match.",
    )
