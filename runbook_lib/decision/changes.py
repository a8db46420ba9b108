"""What a plan changes, by component: what is made by type, what is changed by equal pattern; what stays is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.decision.values import Detail, details
from runbook_lib.plan import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runbook_lib.plan import Operation, Plan

STACK = "pulumi:pulumi:Stack"
ORDER = ("create", "import", "update", "replace", "delete")
MADE = frozenset({"create", "import"})
DIRECTLY = "the stack itself"


@dataclass(frozen=True)
class Row:
    """Resources to which the same happens.

    Attributes:
        component: The component of the program that they belong to.
        type: Their type; empty where there are several, and the names say them.
        details: The properties that change, equal for all of them; none of what is made.
    """

    component: str
    op: str
    type: str
    names: tuple[str, ...]
    details: tuple[Detail, ...]

    @property
    def made(self) -> bool:
        """Whether it is about what is new to the stack: there is nothing old to compare with."""
        return self.op in MADE


def by_component(plan: Plan) -> list[Row]:
    """What is made or changed; deletions and replacements are told apart (``causes``), and components are no resources."""
    return _grouped([op for op in plan.changes if op.op not in {"delete", "replace"}], plan)


def outside(found: Plan, plan: Plan) -> list[Row]:
    """What was changed outside Pulumi: ``found`` by a refresh, of resources that are in ``plan`` or were."""
    return _grouped(found.changes, plan)


def _grouped(ops: Iterable[Operation], plan: Plan) -> list[Row]:
    above = {op.urn: op for op in plan.operations}
    groups: dict[str, list[Operation]] = defaultdict(list)
    for op in filter(is_resource, ops):
        groups[_component(op, above)].append(op)
    return [row for name, ops in sorted(groups.items()) for row in _rows(name, ops)]


def is_resource(op: Operation) -> bool:
    """Whether it stands for something, be it a provider's settings; a component stands for what is in it."""
    return bool(op.provider) or op.type.startswith("pulumi:providers:")


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


def _rows(component: str, ops: list[Operation]) -> Iterator[Row]:
    alike: dict[tuple[str, str, tuple[Detail, ...]], list[Operation]] = defaultdict(list)
    for op in ops:
        changed = () if op.op in MADE | {"delete"} else tuple(details(op))
        alike[op.op, "" if changed else op.type, changed].append(op)
    for (kind, _, changed), same in sorted(alike.items(), key=lambda item: ORDER.index(item[0][0]) if item[0][0] in ORDER else 9):
        types = sorted({op.type for op in same})
        names = tuple(op.name if len(types) == 1 else f"{op.type} {op.name}" for op in same)
        yield Row(component, kind, types[0] if len(types) == 1 else "", names, changed)
