"""Deciding, without doing: what differs, and whether that means nothing, an update or a replacement."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine import config_path
from runbook_lib.rehearsal.engine.values import Properties, same
from runbook_lib.rehearsal.values import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.engine.state import Resource


@dataclass(frozen=True)
class PropertyDiff:
    """How one property changes: `add`, `delete`, `update`, each perhaps with `-replace`."""

    kind: str
    input_diff: bool = False


@dataclass(frozen=True)
class Diff:
    """What a provider says about a change; `changes` is None where it could not say."""

    changes: bool | None
    replaces: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    stables: list[str] = field(default_factory=list)
    delete_before_replace: bool = False
    detailed: dict[str, PropertyDiff] | None = None

    @property
    def replacement(self) -> bool:
        """Whether it asks for a replacement: by a key, or by one property of many under a key."""
        return bool(self.replaces) or any(item.kind.endswith("-replace") for item in (self.detailed or {}).values())


def input_diff(old: Properties, new: Properties) -> Diff:
    """Compare inputs, for resources without a provider and providers that leave it to the engine."""
    detailed = dict(_differences(old, new, ""))
    changed = sorted({str(config_path.split(path)[0]) for path in detailed})
    return Diff(changes=bool(detailed), changed=changed, detailed=detailed or None)


def inverted(diff: Diff) -> Diff:
    """The same difference seen from the other side: what was added is deleted."""
    turned = {"add": "delete", "delete": "add", "add-replace": "delete-replace", "delete-replace": "add-replace"}
    detailed = {path: replace(item, kind=turned.get(item.kind, item.kind)) for path, item in (diff.detailed or {}).items()}
    return replace(diff, detailed=detailed or None)


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, PropertyDiff]]:
    old = old.value if isinstance(old, Secret) else old
    new = new.value if isinstance(new, Secret) else new
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            inner = _join(path, key)
            if key not in new:
                yield inner, PropertyDiff("delete", input_diff=True)
            elif key not in old:
                yield inner, PropertyDiff("add", input_diff=True)
            else:
                yield from _differences(old[key], new[key], inner)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            inner = f"{path}[{index}]"
            if index >= len(new):
                yield inner, PropertyDiff("delete", input_diff=True)
            elif index >= len(old):
                yield inner, PropertyDiff("add", input_diff=True)
            else:
                yield from _differences(old[index], new[index], inner)
    elif not same(old, new):
        yield path, PropertyDiff("update", input_diff=True)


def _join(path: str, key: str) -> str:
    if not key or any(character in key for character in '.[]"'):
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'{path}["{escaped}"]'
    return f"{path}.{key}" if path else key


def with_replace_on_changes(diff: Diff, paths: list[str], *, init_errors: bool) -> Diff:
    """Turn changes of the named properties into replacements: the resource option `replace_on_changes`."""
    if not paths or not (diff.changes or init_errors):
        return diff
    wanted = [config_path.split(path) for path in paths]
    detailed = dict(diff.detailed or {})
    for path in [path for path in detailed if _covered(config_path.split(path), wanted)]:
        detailed[path] = replace(detailed[path], kind=f"{detailed[path].kind.removesuffix('-replace')}-replace")
    keys = {key for key in diff.changed if _covered([key], wanted)}
    if init_errors and ["*"] in wanted:
        keys.add("#initerror")
    return replace(
        diff,
        changes=bool(diff.changes or keys),
        replaces=sorted({*diff.replaces, *keys}),
        detailed=detailed if diff.detailed is not None else None,
    )


def _covered(path: list[str | int], patterns: list[list[str | int]]) -> bool:
    """Whether a changed path lies at or under one of the patterns; `*` stands for any key."""
    return any(
        len(pattern) <= len(path) and all(expected in {"*", actual} for expected, actual in zip(pattern, path, strict=False))
        for pattern in patterns
    )


def decide(old: Resource, diff: Diff, *, forced: bool) -> str:
    """What a diff comes to.

    Args:
        old: The resource as it is.
        diff: What the provider says, with the resource's options applied.
        forced: Whether something other than the properties asks for a replacement.
    """
    if (diff.changes and diff.replacement) or forced or old.pending_replacement:
        return "replace"
    return "update" if diff.changes or old.init_errors else "same"
