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
    hit = {path for path in detailed or diff.changed if _matches(config_path.split(path), wanted)}
    for path in hit & detailed.keys():
        detailed[path] = replace(detailed[path], kind=f"{detailed[path].kind.removesuffix('-replace')}-replace")
    keys = {str(config_path.split(path)[0]) for path in hit}
    if init_errors and ["*"] in wanted:
        keys.add("#initerror")
    return replace(
        diff,
        changes=bool(diff.changes or keys),
        replaces=sorted({*diff.replaces, *keys}),
        detailed=detailed if diff.detailed is not None else None,
    )


def _matches(path: list[str | int], patterns: list[list[str | int]]) -> bool:
    """Whether a changed path lies at, under or above one of the patterns; `*` stands for any key."""
    return any(all(expected in {"*", actual} for expected, actual in zip(pattern, path, strict=False)) for pattern in patterns)


def with_ignored(old: Properties, new: Properties, paths: list[str]) -> Properties:
    """The new inputs with the old values at `ignore_changes` paths; a wildcard covers every key at its place."""
    for path in paths:
        for segments in _expanded(config_path.split(path), old, new):
            new = _copied(old, new, segments)
    return new


def _expanded(segments: list[str | int], old: Any, new: Any) -> Iterator[list[str | int]]:
    if "*" not in segments:
        yield segments
        return
    position = segments.index("*")
    keys: set[str | int] = set()
    for value in (old, new):
        try:
            inner = _open(config_path.get(value, segments[:position]))
        except KeyError:
            continue
        keys |= set(range(len(inner))) if isinstance(inner, list) else set(inner) if isinstance(inner, dict) else set()
    for key in sorted(keys, key=str):
        yield from _expanded([*segments[:position], key, *segments[position + 1 :]], old, new)


def _open(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value


def _copied(old: Properties, new: Properties, segments: list[str | int]) -> Properties:
    try:
        value = config_path.get(old, segments)
    except KeyError:
        return dict(config_path.remove(new, segments))
    try:
        config_path.get(new, segments[:-1])
    except KeyError:
        return new  # nothing of the parent is left: there is no place to keep the old value
    return dict(config_path.put(new, segments, value))


def decide(old: Resource, diff: Diff, *, forced: bool) -> str:
    """What a diff comes to.

    Args:
        old: The resource as it is.
        diff: What the provider says, with the resource's options applied.
        forced: Whether something other than the properties asks for a replacement.
    """
    if (diff.changes and diff.replaces) or forced or old.pending_replacement:
        return "replace"
    return "update" if diff.changes or old.init_errors else "same"
