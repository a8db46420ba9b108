"""Comparing properties by meaning: what a program changed, and what drifted from the recorded state.

All functions are pure. A *pattern* is a property path without indices (``ingress.cidrBlocks``), the form in which a
type names its sets, its JSON documents and what replaces it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from runbook_lib.rehearsal.provider.policy import canonical
from runbook_lib.rehearsal.provider.schema import ANY, Shape, join
from runbook_lib.rehearsal.provider.wire import Archive, Asset, holds
from runbook_lib.rehearsal.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True)
class Change:
    """One property that moved: its Pulumi path, its pattern, and how."""

    path: str
    pattern: str
    kind: Kind

    @property
    def top(self) -> str:
        """The top-level property that it is in."""
        return self.path.partition(".")[0].partition("[")[0]

    def within(self, path: str) -> bool:
        """Whether it is at ``path`` or below it."""
        return self.path == path or self.path.startswith((f"{path}.", f"{path}["))


@dataclass(frozen=True)
class Comparison:
    """How one type's properties compare.

    Attributes:
        shape: The shape of its inputs.
        sets: Patterns of lists whose order says nothing.
        json_properties: Patterns of JSON documents.
    """

    shape: Shape = ANY
    sets: frozenset[str] = frozenset()
    json_properties: frozenset[str] = frozenset()

    def same(self, left: Any, right: Any, pattern: str = "") -> bool:
        """Whether two values say the same."""
        if empty(left) or empty(right):
            return empty(left) and empty(right)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return False
        if isinstance(left, Asset | Archive) or isinstance(right, Asset | Archive):
            return bool(getattr(left, "hash", left) == getattr(right, "hash", right))
        if pattern in self.json_properties:
            return same_json(left, right)
        if isinstance(left, dict) and isinstance(right, dict):
            return all(
                self.same(left.get(key), right.get(key), join(pattern, key))
                for key in left.keys() | right.keys()
                if not key.startswith("__")
            )
        if isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            pairs = self._pairs(left, right, pattern) if pattern in self.sets else zip(left, right, strict=True)
            return all(self.same(one, other, pattern) for one, other in pairs)
        return text(left) == text(right)

    def _pairs(self, left: list[Any], right: list[Any], pattern: str) -> list[tuple[Any, Any]]:
        """Each item of a set with its like, or with None; leftovers of ``right`` come last, with None before them."""
        rest, pairs = list(right), []
        for item in left:
            at = next((index for index, other in enumerate(rest) if self.covers(item, other, pattern)), None)
            pairs.append((item, None if at is None else rest.pop(at)))
        return pairs + [(None, other) for other in rest]

    def covers(self, part: Any, whole: Any, pattern: str) -> bool:
        """Whether everything that ``part`` says is in ``whole``, which may say more (an object's defaults)."""
        if isinstance(part, dict) and isinstance(whole, dict) and pattern not in self.json_properties:
            return all(self.covers(value, whole.get(key), join(pattern, key)) for key, value in part.items())
        if isinstance(part, list) and isinstance(whole, list) and len(part) == len(whole):
            pairs = self._pairs(part, whole, pattern) if pattern in self.sets else zip(part, whole, strict=True)
            return all(self.covers(one, other, pattern) for one, other in pairs)
        return self.same(part, whole, pattern)

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
        """What moved from ``old`` to ``new`` inputs."""
        return list(self._changes(old, new, "", "", self.shape))

    def _changes(self, old: Any, new: Any, path: str, pattern: str, shape: Shape) -> Iterator[Change]:
        if self.same(old, new, pattern):
            return
        whole = pattern in self.json_properties or (pattern in self.sets and pattern)
        if isinstance(old, dict) and isinstance(new, dict) and not whole:
            for key in sorted(old.keys() | new.keys()):
                if not key.startswith("__"):
                    below = join(pattern, key) if shape.kind == "object" or not pattern else pattern
                    yield from self._changes(old.get(key), new.get(key), join(path, key), below, shape.at(key))
        elif isinstance(old, list) and isinstance(new, list) and not whole and not holds(new, Unknown):
            for index in range(max(len(old), len(new))):
                one, other = (items[index] if index < len(items) else None for items in (old, new))
                yield from self._changes(one, other, f"{path}[{index}]", pattern, shape.at(index))
        else:
            kind: Kind = "add" if empty(old) else "delete" if empty(new) else "update"
            yield Change(path, pattern, kind)

    def settle(self, state: Any, live: Any, pattern: str = "", shape: Shape | None = None) -> Any:
        """The live value in the state's own words where both say the same.

        At the top, and inside objects, what the live side leaves out stays as the state has it; what it gives as
        None is gone. In maps and lists the live side is the whole truth.
        """
        shape = self.shape if shape is None else shape
        if state is not None and self.same(state, live, pattern) and not isinstance(live, dict):
            return state
        if pattern in self.json_properties:
            return live
        if isinstance(state, dict) and isinstance(live, dict):
            kept = state if shape.kind == "object" else {}
            merged = {
                key: self.settle(state.get(key), live[key], join(pattern, key), shape.at(key)) if key in live else value
                for key, value in {**kept, **live}.items()
            }
            return {key: value for key, value in merged.items() if value is not None}
        if isinstance(state, list) and isinstance(live, list):
            if pattern in self.sets:
                pairs = [pair for pair in self._pairs(state, live, pattern) if pair[1] is not None]
            elif len(state) == len(live):
                pairs = list(zip(state, live, strict=True))
            else:
                return present(live)
            return [self.settle(one, other, pattern, shape.at(0)) for one, other in pairs]
        return present(live)

    def project(self, inputs: Any, outputs: Any, shape: Shape | None = None) -> Any:
        """The inputs as they would have to be to describe ``outputs``: only what the program gave, as it now is."""
        shape = self.shape if shape is None else shape
        if isinstance(inputs, dict) and isinstance(outputs, dict):
            keys = [key for key in inputs if key in outputs] if shape.kind == "object" else list(outputs)
            return {key: self.project(inputs.get(key), outputs[key], shape.at(key)) for key in keys}
        if isinstance(inputs, list) and isinstance(outputs, list) and len(inputs) == len(outputs):
            return [self.project(one, other, shape.at(0)) for one, other in zip(inputs, outputs, strict=True)]
        return outputs


def present(value: Any) -> Any:
    """``value`` without the properties that it gives as None, at every depth."""
    if isinstance(value, dict):
        return {key: present(item) for key, item in value.items() if item is not None}
    return [present(item) for item in value] if isinstance(value, list) else value


def empty(value: Any) -> bool:
    """Whether a value says nothing: AWS and Terraform do not tell "unset" from "empty", nor a block of what is empty."""
    if isinstance(value, dict):
        return all(map(empty, value.values()))
    return value is None or value in ("", [])


def text(value: Any) -> str:
    """A scalar as Terraform compares it: ``80`` is ``"80"`` and ``True`` is ``"true"``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_json(value: Any) -> bool:
    """Whether a value can be a JSON document: text that is one, or what is not text, or not known yet."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return False
    return True


def same_json(left: Any, right: Any) -> bool:
    """Whether two JSON documents, as text or parsed, say the same; what is no JSON is compared as text."""
    try:
        one, other = (json.loads(each) if isinstance(each, str) else each for each in (left, right))
    except ValueError:
        return bool(left == right)
    return bool(canonical(one) == canonical(other))
