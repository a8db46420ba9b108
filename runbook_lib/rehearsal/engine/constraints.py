"""Holding what a program asks for against what a plan has of it; the sentences are those of the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.urn import provider_urn
from runbook_lib.signatures import UNKNOWN_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runbook_lib.rehearsal.engine.changes import Changes
    from runbook_lib.rehearsal.engine.update_plan import PlannedGoal
    from runbook_lib.rehearsal.engine.values import Properties

TIMEOUTS = ("create", "update", "delete")
# What a step may come to: one that does no more than was planned. Of everything else only itself.
LESS = {
    "create": {"same"},
    "update": {"same"},
    "replace": {"same", "update"},
    "create-replacement": {"same", "update"},
    "delete-replaced": {"same", "update"},
}


def allows(planned: str, op: str) -> bool:
    """Whether a step does no more than the planned one."""
    return op == planned or op in LESS.get(planned, ())


def goal_violation(planned: PlannedGoal | None, asked: PlannedGoal, old: Properties, new: Properties) -> str:
    """Why a registration is not the planned one; empty if it is.

    Args:
        planned: What the plan has; None if it was to be deleted.
        asked: What the program asks for now.
        old: The inputs the resource has; empty if there is none.
        new: Its inputs as the provider has checked them.
    """
    if planned is None:
        return "resource unexpectedly not deleted"
    return next(iter(_differences(planned, asked, old, new)), "")


def property_violation(planned: Changes, old: Properties, new: Properties) -> str:
    """Why properties do not change as planned; empty if they do."""
    found = planned.violations(old, new)
    return f"properties changed: {', '.join(found)}" if found else ""


def _differences(planned: PlannedGoal, asked: PlannedGoal, old: Properties, new: Properties) -> Iterator[str]:
    if planned.custom != asked.custom:
        yield f"resource kind changed (expected {'custom' if planned.custom else 'component'})"
    if planned.provider != asked.provider and not _not_made_yet(planned.provider, asked.provider):
        yield f"provider changed (expected {planned.provider})"
    for name, word in (("parent", "parent"), ("protect", "protect"), ("delete_before_replace", "deleteBeforeReplace"),
                       ("id", "importID")):  # fmt: skip
        if getattr(planned, name) != getattr(asked, name):
            yield f"{word} changed (expected {_word(getattr(planned, name))})"
    for name in TIMEOUTS:
        if planned.custom_timeouts.get(name, 0) != asked.custom_timeouts.get(name, 0):
            yield f"{name} timeout changed (expected {planned.custom_timeouts.get(name, 0):g})"
    for word, before, after in (
        ("ignoreChanges", planned.ignore_changes, asked.ignore_changes),
        ("additionalSecretOutputs", planned.additional_secret_outputs, asked.additional_secret_outputs),
        ("dependencies", planned.dependencies, asked.dependencies),
        ("aliases", map(_alias, planned.aliases), map(_alias, asked.aliases)),
    ):
        if said := _moved(before, after):
            yield f"{word} changed: {said}"
    if said := property_violation(planned.inputs, old, new):
        yield said
    for key in sorted(planned.property_dependencies.keys() & asked.property_dependencies.keys()):
        if said := _moved(planned.property_dependencies[key], asked.property_dependencies[key]):
            yield f"dependencies for {key} changed: {said}"


def _not_made_yet(planned: str, asked: str) -> bool:
    """Whether both name one provider, which had no id when the plan was made."""
    return provider_urn(planned) == provider_urn(asked) and planned.endswith(f"::{UNKNOWN_ID}")


def _moved(before: Iterable[str], after: Iterable[str]) -> str:
    old, new = set(before), set(after)
    sides = {"added": sorted(new - old), "deleted": sorted(old - new)}
    return "; ".join(f"{word} {', '.join(names)}" for word, names in sides.items() if names)


def _alias(alias: dict[str, Any]) -> str:
    values = [alias[name] for name in ("urn", "name", "type", "project", "stack", "parent", "no_parent")]
    return "{" + " ".join(map(_word, values)) + "}"


def _word(value: Any) -> str:
    return "no value" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
