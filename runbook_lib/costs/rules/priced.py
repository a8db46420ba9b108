"""A type's rule with every input it knows: what costs and is priced, what costs and is not, what costs nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

from runbook_lib.costs.items import Gap, Inputs, Item, Rule
from runbook_lib.plan import COMPUTED
from runbook_lib.signatures import SECRET, SIGNATURE

COMMON = frozenset(
    [
        "description",
        "forceDestroy",
        "kmsKeyArn",
        "kmsKeyId",
        "name",
        "namePrefix",
        "region",
        "skipDestroy",
        "tags",
        "tagsAll",
        "timeouts",
    ]
)
"""Inputs that cost nothing on any type: a region chooses the price list, and a key is charged as a key."""

_OFF = (None, False, "", "false", "0", 0)


@dataclass(frozen=True)
class Priced:
    """How one resource type is charged, and which of its inputs were judged.

    What is in none of the three classes may cost or not: a resource that sets it has a gap, and
    ``tests/unit/costs/test_properties.py`` fails until somebody has judged it.

    Attributes:
        token: Pulumi's type token.
        charges: What the type is charged for.
        reads: Names of inputs that cost and that ``charges`` prices, in one text. A nested one is written with dots,
            ``replicas.region``; then all its neighbours have to be judged as well.
        unpriced: Inputs that cost once they are set and have no price here, with what they add.
    """

    token: str
    charges: Rule
    reads: str = ""
    unpriced: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, inputs: Inputs) -> Iterator[Item]:
        """What the rule charges, then what it cannot vouch for."""
        yield from self.charges(inputs)
        for name in sorted(inputs.unsure):
            yield Gap(f"property {name}", "it costs where it is on, and is known only after the deployment")
        for path in sorted(self._not_shown(inputs.raw) - inputs.unsure):
            yield Gap(f"property {path}", "it costs, and is known only after the deployment, or is secret")
        for path, what in self.unpriced.items():
            if any(is_on(value) for value in _values(inputs.raw, path.split("."))):
                yield Gap(what, f"{path} is set, and it has no price here")
        for path in self._unjudged(inputs.raw):
            yield Gap(f"property {path}", "whether it costs is not known to the rule of this type")

    @cached_property
    def costing(self) -> frozenset[str]:
        """Inputs that cost and are priced."""
        return frozenset(self.reads.split())

    def _not_shown(self, raw: Mapping[str, Any]) -> set[str]:
        """Inputs that cost, and whose value, or that of what they are in, is no part of the plan."""
        paths = (path.split(".") for path in self.costing)
        return {".".join(path[:depth]) for path in paths for depth in range(1, len(path) + 1) if _is_hidden(raw, path[:depth])}

    @cached_property
    def free(self) -> frozenset[str]:
        """Inputs that cost nothing."""
        return free_properties().get(self.token, frozenset())

    @cached_property
    def _opened(self) -> frozenset[str]:
        """Inputs whose own properties are judged one by one."""
        judged = self.costing | self.free | set(self.unpriced)
        return frozenset(path.rpartition(".")[0] for path in judged if "." in path)

    def judged(self, path: str) -> bool:
        """Whether an input is in one of the three classes."""
        return path in self.costing or path in self.free or path in self.unpriced or path in COMMON or self.opens(path)

    def opens(self, path: str) -> bool:
        """Whether the properties of a nested input are judged one by one."""
        return path in self._opened

    def _unjudged(self, raw: Mapping[str, Any], under: str = "") -> Iterator[str]:
        for name, value in raw.items():
            path = f"{under}{name}"
            if value is None or name.startswith("__"):  # Pulumi's own marks, e.g. __defaults
                continue
            if not self.judged(path):
                yield path
            elif self.opens(path):
                inner = dict.fromkeys(p for each in _listed(value) for p in self._unjudged(each, f"{path}."))
                yield from inner


def _is_hidden(raw: Mapping[str, Any], path: list[str]) -> bool:
    """Whether a value is known only after the deployment, or secret; in a list that is known only what is in it may be."""
    found = [each for value in _values(raw, path[:-1]) for each in _listed(value)]
    told = [each.get(path[-1]) for each in found]
    return any(value == COMPUTED or (isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET) for value in told)


def is_on(value: Any) -> bool:
    """Whether an input is set to something: neither off, nor empty, nor an object that says it is not enabled."""
    if isinstance(value, Mapping):
        return bool(value) and value.get("enabled") is not False
    return value not in _OFF and value != []


def plain(*items: Item) -> Rule:
    """The rule of a type that is always charged for the same things."""

    def charges(_: Inputs) -> Iterator[Item]:
        yield from items

    return charges


def table(*rules: Priced) -> dict[str, Priced]:
    """Rules by their type token."""
    return {rule.token: rule for rule in rules}


@cache
def free_properties() -> dict[str, frozenset[str]]:
    """Inputs that cost nothing, by type token."""
    text = (resources.files("runbook_lib") / "data" / "free_properties.csv").read_text(encoding="utf-8")
    return {row["type"]: frozenset(row["properties"].split()) for row in csv.DictReader(text.splitlines())}


def _values(raw: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield raw
        return
    for each in _listed(raw):
        yield from _values(each.get(path[0]), path[1:])


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in (value if isinstance(value, list | tuple) else [value]) if isinstance(each, Mapping)]
