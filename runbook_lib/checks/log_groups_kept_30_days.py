"""Every log group of the stack is there and keeps events for 30 days."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.logs import LogGroups

DAYS = 30


@check(requirement=("M1",), title="Log groups keep events for 30 days")
def log_groups_kept_30_days(snapshot: Snapshot) -> Judgements:
    """A group without retention is kept, and paid for, for ever."""
    groups = snapshot.read(LogGroups).by_name
    for name in snapshot.outputs.log_group_names:
        group = groups.get(name)
        yield judge(
            name,
            ok=group is not None and group.retention_days == DAYS,
            good=f"{name} keeps events for {DAYS} days.",
            bad=f"{name} keeps events for {group.retention_days or 'ever'} days." if group else f"{name} is gone.",
            remedy="Set payments:logRetentionDays to 30 and deploy again.",
        )
