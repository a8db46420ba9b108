"""What a plan changes, by component: what is made by type, what is changed by equal pattern; what stays is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.decision.values import Detail, details
from runbook_lib.plan import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runbook_lib.plan import Operation, Plan

STACK = "pulumi:pulumi:Stack"
ORDER = ("create", "import", "update", "replace", "delete")
DIRECTLY = "the stack itself"


@dataclass(frozen=True)
class Row:
    """Resources to which the same happens.

    Attributes:
        type: Their type, of which there are several where only the changes are the same.
        details: The properties that change, equal for all of them; none of what is made.
    """

    op: str
    type: str
    names: tuple[str, ...]
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Component:
    """A component of the program, and what changes in it."""

    name: str
    rows: tuple[Row, ...]


def by_component(plan: Plan) -> list[Component]:
    """What is made or changed; deletions and replacements are told apart (``causes``), and components are no resources."""
    above = {op.urn: op for op in plan.operations}
    groups: dict[str, list[Operation]] = defaultdict(list)
    for op in plan.operations:
        if op.changes and op.op not in {"delete", "replace"} and is_resource(op):
            groups[_component(op, above)].append(op)
    return [Component(name, tuple(_rows(ops))) for name, ops in sorted(groups.items())]


def is_resource(op: Operation) -> bool:
    """Whether it stands for something that a provider makes."""
    return bool(op.provider)


def counts(plan: Plan) -> list[tuple[str, int]]:
    """How many resources of each operation that changes something, in the order in which they are told; renames beside them."""
    found = Counter(op.op for op in plan.changes if is_resource(op))
    names = [*ORDER, *sorted(found.keys() - set(ORDER))]
    return [(name, found[name]) for name in names if found[name]]


def only_on_record(plan: Plan) -> list[tuple[str, int]]:
    """What touches Pulumi's own record and nothing else, by kind: it is no change of a resource, and not nothing either."""
    found = Counter(op.op for op in plan.operations if op.op in NOTHING - {"same"} and is_resource(op))
    found["rename"] = sum(bool(op.was) for op in plan.operations)
    return sorted((kind, number) for kind, number in found.items() if number)


def unchanged(plan: Plan) -> int:
    """How many resources stay as they are."""
    return sum(op.op == "same" and is_resource(op) for op in plan.operations)


def _component(op: Operation, above: Mapping[str, Operation]) -> str:
    name, parent = DIRECTLY, above.get(op.parent)
    while parent is not None and parent.type != STACK:
        name, parent = parent.name, above.get(parent.parent)
    return name


def _rows(ops: list[Operation]) -> Iterator[Row]:
    alike: dict[tuple[str, str, tuple[Detail, ...]], list[Operation]] = defaultdict(list)
    for op in ops:
        changed = tuple(details(op)) if op.op not in {"create", "import"} else ()
        alike[op.op, "" if changed else op.type, changed].append(op)
    for (kind, _, changed), same in sorted(alike.items(), key=lambda item: ORDER.index(item[0][0]) if item[0][0] in ORDER else 9):
        types = sorted({op.type for op in same})
        yield Row(kind, types[0] if len(types) == 1 else f"{len(types)} types", tuple(op.name for op in same), changed)
