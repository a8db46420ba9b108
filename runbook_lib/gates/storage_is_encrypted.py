"""Whatever keeps data keeps it encrypted with a key that is named."""

from __future__ import annotations

from runbook_lib.encryption import ON, switches_of, turned_off
from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, known_later, shown

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
    """A key that is made by the same plan is not known yet, but named all the same; a switch that is not known may be off."""
    for op in shown(plan):
        switches = dict(switches_of(op))
        off = [*(path for path, value in switches.items() if value not in (*ON, COMPUTED)), *turned_off(op.inputs)]
        later = [path for path, value in switches.items() if value == COMPUTED]
        key = KEY.get(op.type)
        missing = [key] if key and not op.inputs.get(key) else []
        if later and not off:
            yield known_later(op, later)
        elif off or key:
            yield judge(
                op.name,
                ok=not (off or missing),
                good=f"{op.name} is encrypted with a named key.",
                bad=f"{op.name} ({op.type}) does not set {', '.join(off + missing)}.",
                remedy="Set it in stack/: encryption cannot be added to most of what exists already.",
            )
