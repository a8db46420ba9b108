"""Where the plan gates of this package declare themselves.

A gate is one file with one function of the file's name, judging a plan before anything is touched::

    @gate(requirement=("D2",), title="…")
    def database_meets_requirements(plan: Plan, context: GateContext) -> Judgements: …
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from runbook_lib.judgement import Judgements, Registry, judge
from runbook_lib.plan import COMPUTED, Operation, Plan

__all__ = ["COMPUTED", "GATES", "GateContext", "Judgements", "Operation", "Plan", "gate", "judge", "resources", "texts"]


@dataclass(frozen=True)
class GateContext:
    """What a plan is measured by.

    Attributes:
        environment: E.g. ``staging``.
        suffix: What tells two stacks of one environment apart.
        allowed_versions: PostgreSQL versions that can be created, as version discovery found them.
        as_of: The day that ``allowed_versions`` are of; ``None`` where that is not known.
        deletion_limit: How many stateful resources the plan may delete or replace.
        warnings: What Pulumi warned of while it planned.
        account: The AWS account that the plan goes to.
        region: Its region.
        rehearsal: Whether an emulator stands in for AWS: what is made outside of the stack may then be an example.
    """

    environment: str
    suffix: str
    allowed_versions: frozenset[str]
    deletion_limit: int = 0
    as_of: date | None = None
    warnings: tuple[str, ...] = ()
    account: str = ""
    region: str = ""
    rehearsal: bool = False


GATES: Registry[[Plan, GateContext]] = Registry("runbook_lib.gates")
gate = GATES.register


def resources(plan: Plan, *types: str) -> Iterator[Operation]:
    """What will be there after the plan: resources of these type tokens, or of AWS altogether."""
    for op in plan.operations:
        if op.op != "delete" and (op.type in types if types else op.type.startswith("aws:")):
            yield op


def texts(value: object) -> set[str]:
    """Every text in a property's value, however deep."""
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for item in items for text in texts(item)}
