"""Whatever keeps data keeps it encrypted with a key that is named."""

from __future__ import annotations

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, resources
from runbook_lib.gates.sdk import encryption_switches

# The property that names the key.
KEY = {
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:rds/cluster:Cluster": "kmsKeyId",
    "aws:rds/instance:Instance": "kmsKeyId",
    "aws:sns/topic:Topic": "kmsMasterKeyId",
}


@gate(
    requirement=("D2", "M1", "M2", "K1"), title="What is stored is encrypted; databases, log groups and topics with a named key"
)
def storage_is_encrypted(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A key that is made by the same plan is not known yet, but named all the same."""
    for op in resources(plan):
        off = [switch for switch in _switches(op.type) if op.inputs.get(switch) not in {True, "true", COMPUTED}]
        key = KEY.get(op.type)
        missing = [key] if key and not op.inputs.get(key) else []
        if off or key:
            yield judge(
                op.name,
                ok=not (off or missing),
                good=f"{op.name} is encrypted with a named key.",
                bad=f"{op.name} ({op.type}) does not set {', '.join(off + missing)}.",
                remedy="Set it in stack/: encryption cannot be added to most of what exists already.",
            )


def _switches(token: str) -> list[str]:
    try:
        return encryption_switches(token)
    except ValueError:
        return []  # a type that nobody knows is what nothing_deprecated names
