"""How a resource's own tags and the provider's default tags make up what AWS holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.values import UNKNOWN, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping


def merged(defaults: Mapping[str, str], own: Any) -> Any:
    """All tags: a resource's own win over the default ones. Unknown if the own ones are."""
    if isinstance(own, Unknown):
        return UNKNOWN
    return {**defaults, **{key: value for key, value in (own or {}).items() if value is not None}}


def own(live: Mapping[str, str], recorded: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """Which live tags are the resource's own: those recorded as such, and those that are no default tag."""
    return {key: value for key, value in live.items() if key in recorded or defaults.get(key) != value}


def moved(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What to add (or overwrite) and what to remove, to come from ``old`` to ``new`` tags."""
    return {key: value for key, value in new.items() if old.get(key) != value}, sorted(old.keys() - new.keys())
