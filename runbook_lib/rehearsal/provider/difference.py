"""What an update would change, what of that replaces the resource, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.properties import Change, Comparison
from runbook_lib.rehearsal.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runbook_lib.rehearsal.provider.base import Properties, Resource

DEFAULTS = "__defaults"  # Pulumi's bridge lists here which inputs it made up


@dataclass(frozen=True)
class Difference:
    """What an update would change, and which of that replaces the resource."""

    changes: tuple[Change, ...]
    replaces: tuple[str, ...]
    delete_before_replace: bool

    def without(self, ignored: Iterable[str]) -> Difference:
        """The same, but for what the program told Pulumi to ignore."""
        paths = tuple(ignored)
        changes = tuple(each for each in self.changes if not any(each.within(path) for path in paths))
        replaces = tuple(path for path in self.replaces if any(each.path == path for each in changes))
        return Difference(changes, replaces, self.delete_before_replace)


def difference(
    resource: Resource, comparison: Comparison, outputs: Properties, old: Properties, new: Properties, tags: Any
) -> Difference:
    """Compare old with new inputs.

    Args:
        resource: The type.
        comparison: How its properties compare.
        outputs: What is known of the resource.
        old: The inputs it was made with.
        new: The inputs asked for.
        tags: All tags that it is to have, or None if the type has none.
    """
    # What the program now spells out, at any depth, may be what AWS had chosen all along: the outputs say it already.
    beyond = comparison.changes(outputs, new)
    changes = [
        change
        for change in comparison.changes(old, new)
        if change.kind != "add" or any(other.within(change.path) or change.within(other.path) for other in beyond)
    ]
    if tags is not None and (isinstance(tags, Unknown) or (outputs.get("tagsAll") or {}) != tags):
        changes.append(Change("tagsAll", "tagsAll", "update"))
    replaces = [change.path for change in changes if change.path == "region" or _replaces(change, resource.replace_on)]
    name = resource.autoname
    fixed = name is not None and name not in new.get(DEFAULTS, []) and old.get(name) == new.get(name) is not None
    return Difference(tuple(changes), tuple(replaces), resource.delete_before_replace or fixed)


def _replaces(change: Change, patterns: frozenset[str]) -> bool:
    parts = change.pattern.split(".")
    return any(".".join(parts[: length + 1]) in patterns for length in range(len(parts)))
