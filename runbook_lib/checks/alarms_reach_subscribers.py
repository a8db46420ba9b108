"""An alarm that goes off is heard: from CloudWatch through the encrypted topic to a subscriber."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.drill_limits import AlarmTrial


@check(requirement=("M2", "K1"), title="An alarm's message reaches whoever subscribes to the topic")
def alarms_reach_subscribers(snapshot: Snapshot) -> Judgements:
    """A key policy that forgets CloudWatch stops every message without a word; only a message that arrives shows it does not."""
    trial, topic = snapshot.read(AlarmTrial), snapshot.outputs.topic_arn
    told = (trial.received.get("AlarmName"), trial.received.get("NewStateValue"))
    yield judge(
        trial.alarm,
        ok=told == (trial.alarm, "ALARM"),
        good=f"{trial.alarm} was set to ALARM, and a subscriber of {topic} was told.",
        bad=f"{trial.alarm} was set to ALARM, and a subscriber of {topic} was told {told if trial.received else 'nothing'}.",
        remedy="Look at the alarm's actions, the topic's policy and the policy of its key.",
    )
    yield judge(
        f"{trial.alarm} afterwards",
        ok=trial.state_after != "ALARM",
        good=f"{trial.alarm} is {trial.state_after} again.",
        bad=f"{trial.alarm} is still in ALARM.",
        remedy="If the trial is to blame, it returns by itself at the alarm's next evaluation; else something is wrong.",
    )
