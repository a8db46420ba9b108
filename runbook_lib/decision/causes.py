"""What is deleted or replaced: what forces it, whose change that is, in which order, and what is lost with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from runbook_lib.decision.changes import is_resource
from runbook_lib.decision.values import details, within
from runbook_lib.gates.deletions_within_limit import stateful
from runbook_lib.plan import COMPUTED, roots
from runbook_lib.replacing import DELETE_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from runbook_lib.plan import Operation, Plan


LOST = "lost"


class Forced(BaseModel):
    """One property that forces a replacement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    old: str
    new: str
    by: tuple[str, ...] = ()
    """The resources whose own change makes the new value, as their operation, type and name."""


class Cause(BaseModel):
    """A resource that is deleted or replaced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    urn: str
    op: str
    type: str
    name: str
    forced: tuple[Forced, ...]
    """Empty for a deletion, and where nobody says."""
    order: str
    data: str
    """What becomes of what it holds, in words."""

    @property
    def loses(self) -> bool:
        """Whether deploying again would not bring back what it holds."""
        return self.data.startswith(LOST)

    @property
    def follows(self) -> bool:
        """Whether it is replaced only because something else is."""
        return bool(self.forced) and all(each.by for each in self.forced)


def causes(plan: Plan, needs: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Cause]:
    """Explain the plan's deletions and replacements, those that lose data first, those that only follow last; pure.

    Args:
        plan: The plan.
        needs: What each property is made of, by URN (``needs_of``); empty where that is not known.
    """
    ops = {op.urn: op for op in plan.operations}
    gone = (op for op in plan.operations if op.op in {"delete", "replace"} and is_resource(op))
    found = [_cause(op, ops, needs.get(op.urn, {})) for op in gone]
    return sorted(found, key=lambda cause: (not cause.loses, cause.follows, cause.op, cause.type, cause.name))


def needs_of(saved: Path | None) -> dict[str, dict[str, list[str]]]:
    """What each property is made of, as Pulumi's saved plan says; nothing where there is none."""
    if saved is None:
        return {}
    plans = json.loads(saved.read_bytes()).get("resourcePlans") or {}
    return {urn: (each.get("goal") or {}).get("propertyDependencies") or {} for urn, each in plans.items()}


def _cause(op: Operation, ops: Mapping[str, Operation], needs: Mapping[str, Sequence[str]]) -> Cause:
    return Cause(
        urn=op.urn,
        op=op.op,
        type=op.type,
        name=op.name,
        forced=tuple(_forced(op, path, ops, needs) for path in op.forced_by) or tuple(_with(ops, needs)),
        order=op.order,
        data=_data(op),
    )


def _forced(op: Operation, path: str, ops: Mapping[str, Operation], needs: Mapping[str, Sequence[str]]) -> Forced:
    seen = [each for each in details(op) if within(each.path, path) or within(path, each.path)]
    sources = [ops[urn] for urn in needs.get(roots([path])[0], ()) if urn in ops and ops[urn].changes]
    unknown = any(COMPUTED in each.new for each in seen) or not seen
    return Forced(
        path=path,
        old="; ".join(each.old for each in seen),
        new="; ".join(each.new for each in seen),
        by=tuple(_told(source) for source in sources) if unknown else (),
    )


def _with(ops: Mapping[str, Operation], needs: Mapping[str, Sequence[str]]) -> Iterator[Forced]:
    """What a resource is replaced along with: Pulumi replaces what needs something that is deleted first."""
    for path, urns in sorted(needs.items()):
        gone = [ops[urn] for urn in urns if urn in ops and ops[urn].order == DELETE_FIRST]
        if gone:
            yield Forced(path=path, old="", new="", by=tuple(f"{_told(op)}, which is deleted first" for op in gone))


def _told(op: Operation) -> str:
    return f"{op.op} {op.type} {op.name}"


def _data(op: Operation) -> str:
    """What becomes of what a resource holds."""
    if op.retain:
        return "kept: only the record is deleted (retainOnDelete)"
    if not stateful(op.type):
        return "holds none"
    kept = op.old_inputs or op.inputs
    if kept.get("skipFinalSnapshot") in {False, "false"} or (
        kept.get("finalSnapshotIdentifier") and not kept.get("skipFinalSnapshot")
    ):
        return f"{LOST}, but for a final snapshot"
    return LOST
