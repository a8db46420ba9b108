"""What was applied, held against what was agreed on: operation by operation, value by value.

A program can ask for other values in an update than it did in the preview, and Pulumi then applies those. The preview's
unknown values match whatever came of them; everything else has to be what was agreed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runbook_lib.plan import COMPUTED, provider_name, roots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runbook_lib.plan import Operation, Plan


class _Absent:
    """The value of a member that is not there; no value of a program is one."""

    def __str__(self) -> str:
        return "nothing"


ABSENT = _Absent()
_LONGEST = 120
"""Characters of a value that a sentence shows: a policy or a package would hide the rest."""


def deviations(agreed: Plan, applied: Plan) -> list[str]:
    """A sentence for each thing that was applied otherwise than agreed on; pure.

    Args:
        agreed: The preview's operations.
        applied: The update's own, with the values that it went on to use.
    """
    before = {op.key: op for op in agreed.operations}
    after = {op.key: op for op in applied.operations}
    return [line for key in sorted(before.keys() | after.keys()) for line in _of_one(before.get(key), after.get(key))]


def of_outputs(agreed: Mapping[str, Any], applied: Mapping[str, Any]) -> list[str]:
    """A sentence for each output of the stack that is another one than the preview knew; pure."""
    found = different("", dict(agreed), dict(applied))
    return [f"stack output {path} is {short(got)}, agreed was {short(want)}" for path, want, got in found]


def not_shown(plan: Plan) -> list[str]:
    """The inputs of what changes whose values nobody can compare, for they are secret and no event of Pulumi's shows them."""
    return [f"{op.name} {name}" for op in plan.changes if op.op != "delete" for name in op.secrets]


def not_known(agreed: Plan, applied: Plan) -> list[str]:
    """The values that were agreed on without being known, for only the update makes them: whatever came of them is as agreed."""
    after = {op.key: op for op in applied.changes if op.op != "delete"}
    return [
        f"{op.name} {path}"
        for op in agreed.operations
        if op.key in after
        for path in _unknown("", op.inputs, after[op.key].inputs)
    ]


def _unknown(path: str, want: Any, got: Any) -> Iterator[str]:
    """Each innermost path at which a value was not known, and is there now."""
    if want == COMPUTED:
        if got is not ABSENT and got != COMPUTED:
            yield path
    elif isinstance(want, dict) and isinstance(got, dict):
        for key, value in sorted(want.items()):
            yield from _unknown(f"{path}.{key}" if path else key, value, got.get(key, ABSENT))
    elif isinstance(want, list) and isinstance(got, list):
        for index, (one, other) in enumerate(zip(want, got, strict=False)):
            yield from _unknown(f"{path}[{index}]", one, other)


def _of_one(agreed: Operation | None, applied: Operation | None) -> Iterator[str]:
    if agreed is None or applied is None:
        known = agreed or applied
        if known is not None and known.changes:
            yield f"{_title(known)}: " + ("agreed on and not applied" if applied is None else "applied and never agreed on")
        return
    if agreed.op != applied.op and not _came_to_less(agreed, applied):
        yield f"{_title(agreed)}: applied as {applied.op}"
    for what, want, got in (
        ("parent", agreed.parent, applied.parent),
        ("provider", provider_name(agreed), provider_name(applied)),
        ("protect", agreed.protect, applied.protect),
        ("retainOnDelete", agreed.retain, applied.retain),
    ):
        if want != got:
            yield f"{_title(agreed)}: {what} is {short(got)}, agreed was {short(want)}"
    if applied.op != "delete":
        for path, want, got in different("", agreed.inputs, applied.inputs):
            yield f"{_title(agreed)}: {path} is {short(got)}, agreed was {short(want)}"


def _came_to_less(agreed: Operation, applied: Operation) -> bool:
    """A change that was only announced because values were not known yet, and turned out to be smaller or none."""
    possible = {"update": {"same"}, "replace": {"same", "update"}}
    return applied.op in possible.get(agreed.op, ()) and bool(agreed.changed) and _holds_unknown_throughout(agreed)


def _holds_unknown_throughout(op: Operation) -> bool:
    """Whether each property that was to change held something unknown: one whose new value was known does differ."""
    return all(_holds_unknown(op.inputs.get(root)) for root in roots(op.changed))


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_unknown(item) for item in value.values())
    return any(map(_holds_unknown, value)) if isinstance(value, list) else value == COMPUTED


def different(path: str, want: Any, got: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each innermost path at which two values differ, with both."""
    if want == COMPUTED:
        return
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(want.keys() | got.keys()):
            yield from different(f"{path}.{key}" if path else key, want.get(key, ABSENT), got.get(key, ABSENT))
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            yield from different(f"{path}[{index}]", one, other)
    elif type(want) is not type(got) or want != got:  # 1 is no True
        yield path, want, got


def _title(op: Operation) -> str:
    return f"{op.op} {op.type} {op.name}"


def short(value: Any) -> str:
    """A value as a sentence shows it."""
    text = str(value) if value is ABSENT else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
