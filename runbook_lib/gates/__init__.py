"""Plan gates: one file each, judging the planned operations before anything is touched.

``judge`` runs them all::

    findings = gates.judge(plan, gates.GateContext("staging", "demo", frozenset({"14.20"}), deletion_limit=0))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.gates.registry import GATES, GateContext
from runbook_lib.gates.sdk import warm_up

if TYPE_CHECKING:
    from runbook_lib.plan import Plan
    from runbook_lib.results import Finding

__all__ = ["GateContext", "judge", "warm_up"]


def judge(plan: Plan, context: GateContext) -> tuple[Finding, ...]:
    """The findings of every gate over a plan."""
    return GATES.run(plan, context)
