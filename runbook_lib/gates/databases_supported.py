"""Databases run a version in standard support, for as long as the environment asks, whatever the plan does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, none_is, shown
from runbook_lib.judgement import Judgement, unknown
from runbook_lib.results import Status
from runbook_lib.versions.lasting import KNOWN_BEFORE, judge_life
from runbook_lib.versions.planned import DATABASES

if TYPE_CHECKING:
    from runbook_lib.plan import Operation


SOURCES = ("replicateSourceDb", "replicationSourceIdentifier")
"""What a replica is a copy of: its version is that one's."""


@gate(requirement=("D2", "F1"), title="Database versions are in standard support for long enough")
def databases_supported(plan: Plan, context: GateContext) -> Judgements:
    """01 judges the version that it chose. A database may stay at another one, be another engine's, or come from a snapshot."""
    found = list(shown(plan, *DATABASES))
    judged = {str(op.inputs.get(name)) for op in found for name in ("identifier", "clusterIdentifier", "arn")} - {"None"}
    for op in found:
        source = next((str(op.inputs[name]) for name in SOURCES if op.inputs.get(name)), "")
        made_here = source.rpartition(":")[2] in judged or (source == COMPUTED and len(found) > 1)
        if not op.inputs.get("engineVersion") and made_here:
            yield Judgement(Status.PASS, op.name, f"{op.name} has the version of its source, which is judged beside it.")
        else:
            yield _judged(op, context)
    if not found:
        yield none_is(plan, "a database")


def _judged(op: Operation, context: GateContext) -> Judgement:
    engine = str(op.inputs.get("engine") or "postgres")
    # RDS upgrades minors by itself: where the plan asks for no version, what runs is what counts.
    version = str(op.inputs.get("engineVersion") or context.running.get(op.urn) or op.old_inputs.get("engineVersion") or "")
    if COMPUTED in {engine, version}:
        return unknown(op.name, f"{op.name} asks for a version that only the update will know.", KNOWN_BEFORE)
    if not version:
        why = "it has that of what it is made from, which is not in the plan"
        return unknown(op.name, f"{op.name} names no version of {engine}: {why}.", "Say engineVersion.")
    offers = context.engines.get(engine)
    return judge_life(op.name, engine, version, offers.lives if offers else {}, day=context.day, days=context.min_support_days)
