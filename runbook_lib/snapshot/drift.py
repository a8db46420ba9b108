"""What a refresh would find changed: the difference between the engine's state of the stack and the live system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.plan import Plan


@dataclass(frozen=True)
class Drift:
    """The answer of a refresh that changes nothing."""

    resources: int
    """How many resources the engine compared."""
    changed: Mapping[str, tuple[str, ...]]
    """``<operation> <type> <name>`` of each resource that differs → the paths of the properties that do."""

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Read it off what came of the refresh; the engine itself leaves out what only AWS computes."""
        changed = {f"{op.op} {op.type} {op.name}": op.changed for op in plan.changes}
        return cls(resources=len(plan.operations), changed=changed)
