"""Plan gates: one file each, judging the planned operations before anything is touched.

``judge`` runs them all::

    findings = gates.judge(plan, gates.GateContext("staging", "demo", frozenset({"14.20"}), deletion_limit=0))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.gates.attached_policies_are_known import ATTACHING
from runbook_lib.gates.functions_are_closed import INVITING
from runbook_lib.gates.registry import COMPUTED, GATES, GateContext, policies_known_later, resources, texts
from runbook_lib.gates.sdk import warm_up

if TYPE_CHECKING:
    from runbook_lib.plan import Plan
    from runbook_lib.results import Finding

__all__ = ["GateContext", "judge", "judge_known_later", "warm_up"]


def judge(plan: Plan, context: GateContext) -> tuple[Finding, ...]:
    """The findings of every gate over a plan."""
    return GATES.run(plan, context)


def judge_known_later(agreed: Plan, applied: Plan, context: GateContext) -> tuple[Finding, ...]:
    """What could not be known when a plan was agreed on, judged over what was applied; nothing where all was known.

    A policy may name what the same plan makes, so that all of it is known only then; and so may who is let in, what is attached.
    """
    found = GATES.rules()["grants_are_narrow"].findings(applied, context) if policies_known_later(agreed) else ()
    if any(COMPUTED in texts(op.inputs.get("principal")) for op in resources(agreed, *INVITING)):
        found += GATES.rules()["functions_are_closed"].findings(applied, context)
    if any(COMPUTED in texts(op.inputs[name]) for op in resources(agreed) for name in ATTACHING & op.inputs.keys()):
        found += GATES.rules()["attached_policies_are_known"].findings(applied, context)
    return found
