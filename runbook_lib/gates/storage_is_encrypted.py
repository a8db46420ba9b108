"""Whatever keeps data keeps it encrypted with a key that is named."""

from __future__ import annotations

from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge, resources

# The property that names the key; a database must say besides that its storage is encrypted at all.
KEY = {
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:rds/instance:Instance": "kmsKeyId",
    "aws:sns/topic:Topic": "kmsMasterKeyId",
}


@gate(requirement=("D2", "M1", "M2", "K1"), title="Databases, log groups and topics are encrypted with a named key")
def storage_is_encrypted(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A key that is made by the same plan is not known yet, but named all the same."""
    for op in resources(plan, *KEY):
        stored = op.inputs.get("storageEncrypted", False) is True if "rds" in op.type else True
        yield judge(
            op.name,
            ok=stored and bool(op.inputs.get(KEY[op.type])),
            good=f"{op.name} is encrypted with a named key.",
            bad=f"{op.name} ({op.type}) names no {KEY[op.type]} or does not encrypt its storage.",
            remedy=f"Set {KEY[op.type]} (and storageEncrypted) in stack/.",
        )
