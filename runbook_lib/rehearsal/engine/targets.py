"""Which resources a run may touch: `--target`, `--exclude`, `--replace`, with their dependents if asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.urn import STACK_TYPE, Urn, is_default_provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runbook_lib.rehearsal.engine.state import Resource


@dataclass
class Targets:
    """A selection of resources by URN; `*` stands for any part without `:`, `**` for anything.

    Args:
        include: `--target`; empty means all.
        exclude: `--exclude`.
        replace: `--replace`.
        dependents: Whether dependents of a match are meant too.
    """

    include: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    replace: list[str] = field(default_factory=list)
    dependents: bool = False
    _spread: set[str] = field(default_factory=set)

    @property
    def active(self) -> bool:
        """Whether anything is selected at all."""
        return bool(self.include or self.exclude)

    def __contains__(self, resource: Resource) -> bool:
        """Whether a run may touch a resource; the stack and the engine's own providers always."""
        return Urn.parse(resource.urn).type == STACK_TYPE or is_default_provider(resource.urn) or self.chosen(resource)

    def chosen(self, resource: Resource) -> bool:
        """Whether a resource is among those that were asked for."""
        urn = resource.urn
        if not self.active:
            return True
        chosen = any(_matches(pattern, urn) for pattern in self.include or self.exclude)
        if not chosen and self.dependents and resource.needs() & self._spread:
            chosen = True
        if chosen:
            self._spread.add(urn)
        return chosen if self.include else not chosen

    def must_replace(self, urn: str) -> bool:
        """Whether `--replace` names a resource."""
        return any(_matches(pattern, urn) for pattern in self.replace)

    def named(self, urn: str) -> bool:
        """Whether `--target` itself names a resource, or there is none."""
        return not self.include or any(_matches(pattern, urn) for pattern in self.include)

    def deletable(self, resources: list[Resource]) -> set[str]:
        """URNs that may be deleted: the targets and what needs them; not what is excluded and what that needs."""
        everything = {resource.urn for resource in resources}
        chosen = {urn for urn in everything if any(_matches(pattern, urn) for pattern in self.include or self.exclude)}
        if self.include:
            return _with_dependents(chosen, resources)
        if self.exclude and self.dependents:
            chosen = _with_dependents(chosen, resources)
        return everything - _with_needs(chosen, resources)


def unknown(names: Iterable[str], urns: set[str]) -> list[str]:
    """Names that are no resource's; a pattern may match nothing."""
    return [name for name in names if "*" not in name and name not in urns]


def _with_dependents(chosen: set[str], resources: list[Resource]) -> set[str]:
    while more := {resource.urn for resource in resources if resource.needs() & chosen} - chosen:
        chosen = chosen | more
    return chosen


def _with_needs(chosen: set[str], resources: list[Resource]) -> set[str]:
    while more := {urn for resource in resources if resource.urn in chosen for urn in resource.needs()} - chosen:
        chosen = chosen | more
    return chosen


def _matches(pattern: str, urn: str) -> bool:
    if "*" not in pattern:
        return pattern == urn
    parts = re.split(r"(\*\*|\*)", pattern)
    regex = "".join({"**": ".*", "*": "[^:]*"}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(regex, urn) is not None
