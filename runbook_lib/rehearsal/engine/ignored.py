"""`ignore_changes`: new inputs that keep old values where the program says so.

As in Pulumi (`PropertyPath.Reset`), values change places and lists keep their lengths: what a path leads to in one of the two
alone, because an element came or went, stays as the program has it now, and the path is told.
"""

from __future__ import annotations

from typing import Any

from runbook_lib.rehearsal.engine import config_path
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.values import Properties, rewrite
from runbook_lib.rehearsal.values import Secret

Path = list[str | int]


def with_ignored(old: Properties, new: Properties, paths: list[str]) -> tuple[Properties, list[str]]:
    """The new inputs with the old values at `ignore_changes` paths.

    Args:
        old: Inputs as they are on record.
        new: Inputs as the program has them; not changed.
        paths: Property paths; `*` stands for every key or index. What is no path is passed over, as Pulumi does.

    Returns:
        The inputs, and those of the paths that lead to added or removed elements, whose changes cannot be ignored.
    """
    kept = rewrite(new, lambda value: value)
    told = []
    for path in paths:
        try:
            segments = config_path.split(path)
        except EngineError:
            continue
        if not _keep(_Side(old), _Side(kept), segments):
            told.append(path)
    return kept, told


class _Side:
    """A value on the way along a path, and whether it lies in a secret."""

    def __init__(self, value: Any, *, secret: bool = False) -> None:
        while isinstance(value, Secret):
            value, secret = value.value, True
        self.value = value
        self.secret = secret

    def at(self, key: str | int) -> _Side:
        """The value under a key or index; None where there is none."""
        return _Side(self.value[key] if self.has(key) else None, secret=self.secret)

    def has(self, key: str | int) -> bool:
        """Whether there is something under a key or index."""
        if isinstance(key, int):
            return isinstance(self.value, list) and 0 <= key < len(self.value)
        return isinstance(self.value, dict) and key in self.value

    def take(self, key: str | int, other: _Side) -> None:
        """Put the other side's value in the place of one's own."""
        value = other.value[key]
        hidden = other.secret and not self.secret and not isinstance(value, Secret)
        self.value[key] = Secret(value) if hidden else value


def _keep(old: _Side, new: _Side, path: Path) -> bool:
    """Whether everything that the path leads to could be kept."""
    if not path:
        return False
    first, rest = path[0], path[1:]
    if first == "*":
        return _keep_all(old, new, rest)
    if isinstance(first, int) and first < 0:
        return False
    kind = list if isinstance(first, int) else dict
    if kind is dict and not rest:
        return _keep_key(old, new, first)
    if not (isinstance(old.value, kind) and isinstance(new.value, kind)):
        return not isinstance(old.value, kind) and not isinstance(new.value, kind)
    if kind is dict:
        if not new.has(first):
            return not old.has(first)
        return _keep(old.at(first), new.at(first), rest)
    if not (old.has(first) and new.has(first)):
        return not rest and not old.has(first) and not new.has(first)
    if rest:
        return _keep(old.at(first), new.at(first), rest)
    new.take(first, old)
    return True


def _keep_key(old: _Side, new: _Side, key: str | int) -> bool:
    """The end of a path, in a map: what was not there stays away."""
    if not isinstance(new.value, dict):
        return not old.has(key)
    if old.has(key):
        new.take(key, old)
    else:
        new.value.pop(key, None)
    return True


def _keep_all(old: _Side, new: _Side, rest: Path) -> bool:
    """Every key or index that both have; of a map at the path's end, every key that the old one has, and no other."""
    if isinstance(new.value, list):
        if not isinstance(old.value, list):
            return not rest
        common = range(min(len(old.value), len(new.value)))
        if rest:
            whole = all(_keep(old.at(index), new.at(index), rest) for index in common)
            return whole and len(old.value) == len(new.value)
        for index in common:
            new.take(index, old)
        return len(old.value) == len(new.value)
    if not isinstance(new.value, dict):
        return False
    if not isinstance(old.value, dict):
        return not rest
    if rest:
        return all(new.has(key) and _keep(old.at(key), new.at(key), rest) for key in old.value)
    for key in {**old.value, **new.value}:
        _keep_key(old, new, key)
    return True
