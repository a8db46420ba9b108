"""Plan gates: one file each, judging the planned operations before anything is touched.

``judge`` runs them all::

    findings = gates.judge(plan, gates.GateContext("staging", "demo", frozenset({"14.20"}), deletion_limit=0))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.gates.registry import GATES, GateContext, policies_known_later
from runbook_lib.gates.sdk import warm_up

if TYPE_CHECKING:
    from runbook_lib.plan import Plan
    from runbook_lib.results import Finding

__all__ = ["GateContext", "judge", "judge_policies", "warm_up"]


def judge(plan: Plan, context: GateContext) -> tuple[Finding, ...]:
    """The findings of every gate over a plan."""
    return GATES.run(plan, context)


def judge_policies(agreed: Plan, applied: Plan, context: GateContext) -> tuple[Finding, ...]:
    """The findings over an update's policies, where some of those that were agreed on were not known yet; none otherwise."""
    return GATES.rules()["grants_are_narrow"].findings(applied, context) if policies_known_later(agreed) else ()
