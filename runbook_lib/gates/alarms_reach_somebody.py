"""Each alarm tells somebody; in production somebody is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, resources, texts
from runbook_lib.judgement import Judgement, unknown

ALARMS = ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm")
TOPIC, SUBSCRIPTION = "aws:sns/topic:Topic", "aws:sns/topicSubscription:TopicSubscription"
NOBODY = re.compile(r"@(?:.+\.)?(?:example(?:\.com|\.net|\.org)?|test|invalid|localhost)$", re.IGNORECASE)
"""Domains that are nobody's (RFC 2606 and 6761): a rehearsal may write to them, nobody reads it."""


@gate(requirement=("M2",), title="Alarms have actions, and in production a subscriber")
def alarms_reach_somebody(plan: Plan, context: GateContext) -> Judgements:
    """Whether an address is confirmed, only AWS knows: ``04_verify`` asks."""
    alarms = list(resources(plan, *ALARMS))
    silent = sorted(op.name for op in alarms if not op.inputs.get("alarmActions") or op.inputs.get("actionsEnabled") is False)
    yield judge(
        f"{len(alarms)} alarms",
        ok=bool(alarms) and not silent,
        good=f"Each of {len(alarms)} alarms has actions.",
        bad=f"Of {len(alarms)} alarms these tell nobody: {', '.join(silent) or 'there are none'}.",
        remedy="Give each alarm alarmActions.",
    )
    if context.production:
        yield from _subscribed(plan, alarms, context)


def _subscribed(plan: Plan, alarms: Sequence[Operation], context: GateContext) -> Iterator[Judgement]:
    """By topic where its ARN is known; where it is not, there must be but one topic that could be meant."""
    told = set().union(*(texts(op.inputs.get("alarmActions")) for op in alarms))
    topics = list(resources(plan, TOPIC))
    listening = [op for op in resources(plan, SUBSCRIPTION) if op.inputs.get("topic") in told]
    dead = [op for op in listening if NOBODY.search(str(op.inputs.get("endpoint", ""))) and not context.rehearsal]
    guessed = [op for op in listening if op not in dead and op.inputs.get("topic") == COMPUTED]
    if len(topics) > 1 and guessed and len(guessed) + len(dead) == len(listening):
        names = ", ".join(sorted(op.name for op in topics))
        yield unknown("subscribers", f"Which of {names} has the subscriber is known only after the update.")
        return
    yield judge(
        "subscribers",
        ok=len(listening) > len(dead),
        good=f"Alarms reach {', '.join(sorted(op.name for op in listening))}.",
        bad=f"Nobody {'but a reserved address ' if dead else ''}is subscribed to what the alarms of {context.environment} tell.",
        remedy="Set payments:alarmEmail in stack/Pulumi.production.yaml to an address that somebody reads.",
    )
