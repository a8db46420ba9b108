"""Alarms travel through an encrypted topic that CloudWatch may publish to."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.sns import Topic


@check(requirement=("M2", "K1"), title="The alarm topic is encrypted with a customer-managed key")
def topic_encrypted(snapshot: Snapshot) -> Judgements:
    """SNS answers the key as it was given, so an ARN and a bare key id are the same key."""
    topic, keys = snapshot.read(Topic), snapshot.outputs.key_arns.values()
    yield judge(
        topic.name,
        ok=bool(topic.key) and any(key == topic.key or key.endswith(f":key/{topic.key}") for key in keys),
        good=f"{topic.name} is encrypted with {topic.key}.",
        bad=f"{topic.name} is encrypted with {topic.key or 'nothing'}, not with a key of the stack.",
        remedy="Set its kmsMasterKeyId (deploy again).",
    )
