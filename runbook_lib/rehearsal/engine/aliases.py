"""Aliases: the other URNs a resource may have had, its own and those its parents' renaming gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.urn import STACK_TYPE, Urn, make_urn

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Alias:
    """One alias, as a program gives it; what is empty is as the resource has it now."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


def alias_urns(urn: str, parent: str, aliases: Iterable[Alias], parent_aliases: Iterable[str]) -> list[str]:
    """All URNs a resource may be known by, in the order to look for it; its own is not among them.

    Args:
        urn: Its URN.
        parent: Its parent's URN; empty if it has none.
        aliases: The aliases the program gave it.
        parent_aliases: The URNs its parent may have had.
    """
    now = Urn.parse(urn)
    found: dict[str, None] = {}
    parents = list(parent_aliases)
    for alias in [*aliases, Alias()]:
        if alias.urn:
            found[alias.urn] = None
            continue
        above = "" if alias.no_parent else alias.parent or parent
        candidates = [above, *(parents if above == parent else [])]
        for candidate in candidates:
            name = alias.name or _renamed_with_parent(now.name, parent, candidate)
            found[_urn(now, alias, candidate, name)] = None
    found.pop(urn, None)
    return list(found)


def _urn(now: Urn, alias: Alias, parent: str, name: str) -> str:
    return make_urn(
        stack=alias.stack or now.stack,
        project=alias.project or now.project,
        parent=parent,
        kind=alias.type or now.type,
        name=name,
    )


def _renamed_with_parent(name: str, parent: str, old_parent: str) -> str:
    """A child named after its parent had the parent's old name in its own."""
    if not parent or not old_parent or parent == old_parent or Urn.parse(parent).type == STACK_TYPE:
        return name
    before, after = Urn.parse(old_parent).name, Urn.parse(parent).name
    return before + name.removeprefix(after) if name.startswith(after) else name
