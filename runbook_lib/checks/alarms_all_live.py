"""Every alarm the stack made is still there."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.cloudwatch import Alarms


@check(requirement=("M2",), title="Every alarm of the outputs is live")
def alarms_all_live(snapshot: Snapshot) -> Judgements:
    """CloudWatch leaves an unknown name out of its answer without a word."""
    live = snapshot.read(Alarms).by_name
    names = snapshot.outputs.alarm_names
    missing = sorted(set(names) - set(live))
    yield judge(
        f"{len(names)} alarms",
        ok=bool(names) and not missing,
        good=f"All {len(names)} alarms are live.",
        bad=f"Of {len(names)} alarms these are gone: {', '.join(missing) or 'the outputs name none'}.",
        remedy="Deploy again.",
    )
