"""Every alarm tells somebody."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.cloudwatch import Alarms


@check(requirement=("M2",), title="Alarms act on the stack's topic")
def alarms_notify_topic(snapshot: Snapshot) -> Judgements:
    """Actions that are switched off are as good as none."""
    topic = snapshot.outputs.topic_arn
    for alarm in snapshot.read(Alarms).by_name.values():
        yield judge(
            alarm.name,
            ok=alarm.actions_enabled and topic in alarm.actions,
            good=f"{alarm.name} notifies {topic}.",
            bad=f"{alarm.name} has actions {list(alarm.actions)}, enabled: {alarm.actions_enabled}.",
            remedy="Restore and enable its actions (deploy again).",
        )
