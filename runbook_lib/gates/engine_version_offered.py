"""The database versions that the plan asks for can be created, or be reached from what runs."""

from __future__ import annotations

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, shown
from runbook_lib.judgement import Judgement
from runbook_lib.results import Status
from runbook_lib.versions import paths
from runbook_lib.versions.planned import ENGINES, WITHOUT_NAME

MADE = frozenset({"create", "replace"})
COPIES = (
    "replicateSourceDb",
    "snapshotIdentifier",
    "restoreToPointInTime",
    "replicationSourceIdentifier",
    "sourceDbClusterIdentifier",
)
"""What a database's version comes from where it asks for none."""


@gate(requirement=("D1", "F1"), title="Database versions can be created, or be reached from what runs")
def engine_version_offered(plan: Plan, context: GateContext) -> Judgements:
    """F1 is the first of the six failures: a pinned version that AWS had withdrawn. Then come downgrades and skips."""
    for op in shown(plan, *sorted(ENGINES)):
        answer = _answer(op, context)
        if answer is not None:
            yield Judgement(answer.status, op.name, f"{op.name} {answer.message}.", answer.remedy)


def _answer(op: Operation, context: GateContext) -> paths.Answer | None:
    engine, version = str(op.inputs.get("engine") or ""), str(op.inputs.get("engineVersion") or "")
    if not version and (op.type in WITHOUT_NAME or any(op.inputs.get(name) for name in COPIES)):
        return paths.Answer(status=Status.PASS, message="has the version of what it belongs to or is made from")
    if COMPUTED in {engine, version}:
        remedy = "Ask for a version that is known before the update."
        return paths.Answer(status=Status.UNKNOWN, message="asks for a version that only the update will know", remedy=remedy)
    offers = context.engines.get(engine or "postgres")
    if offers is None:
        return paths.Answer(status=Status.UNKNOWN, message=f"asks for {engine} {version}, of which nobody was asked")
    running = context.running.get(op.urn) or str(op.old_inputs.get("engineVersion") or "")
    if op.op == "import":
        return paths.Answer(status=Status.PASS, message=f"is taken over as it is, at {engine} {version}")
    was = str(op.old_inputs.get("engine") or engine)
    if op.op not in MADE and was != engine:
        message = f"goes from {was} to {engine}, which RDS does for no database"
        return paths.Answer(status=Status.FAIL, message=message, remedy="Make a new database, and move the data.")
    if op.op in MADE or not running:
        return paths.made(version, offers)
    if running == version or not version:
        return paths.Answer(status=Status.PASS, message=f"stays at {engine} {running}")
    return paths.moved(running, version, offers, major_allowed=op.inputs.get("allowMajorVersionUpgrade") in {True, "true"})
