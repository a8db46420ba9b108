"""Only named principals publish to the alarm topic, CloudWatch among them."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.sns import Topic


@check(requirement=("M2", "A2"), title="CloudWatch may publish to the alarm topic, strangers may not")
def topic_admits_named_publishers(snapshot: Snapshot) -> Judgements:
    """A statement for everybody needs a condition that narrows it down, as SNS's own default has."""
    topic = snapshot.read(Topic)
    granted = [statement for statement in topic.policy if statement.allows]
    strangers = [s.sid or "unnamed" for s in granted if "*" in s.principals and not s.conditions]
    yield judge(
        topic.name,
        ok=any("cloudwatch.amazonaws.com" in s.principals for s in granted) and not strangers,
        good=f"{topic.name} takes messages from CloudWatch and from nobody unnamed.",
        bad=f"{topic.name} does not admit CloudWatch, or admits everybody by {strangers}.",
        remedy="Restore the topic's policy (deploy again).",
    )
