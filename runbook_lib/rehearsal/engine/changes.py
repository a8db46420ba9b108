"""What an update plan says of a resource's properties, and whether what a program asks for then keeps to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.values import Asset, Properties, Reference
from runbook_lib.rehearsal.values import UNKNOWN, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ADD, UPDATE, DELETE, SAME = "+", "~", "-", "="


@dataclass(frozen=True)
class Changes:
    """How a set of properties changes: the new values of what is added and updated, and the names of what goes."""

    adds: Properties = field(default_factory=dict)
    updates: Properties = field(default_factory=dict)
    deletes: list[str] = field(default_factory=list)

    @classmethod
    def between(cls, old: Properties, new: Properties) -> Changes:
        """The changes from one set to another."""
        signs = dict(_signs(old, new, equal))
        return cls(
            adds={key: new[key] for key, sign in signs.items() if sign == ADD},
            updates={key: new[key] for key, sign in signs.items() if sign == UPDATE},
            deletes=[key for key, sign in signs.items() if sign == DELETE],
        )

    def violations(self, old: Properties, new: Properties) -> list[str]:
        """Each property that changes otherwise, as Pulumi writes it: planned sign, actual sign, name, values.

        What the plan did not know accepts any value, or none; what was to be added may be there already.
        """
        signs = dict(_signs(old, new, _accepts))
        return sorted(
            self._mark(key, signs.get(key, SAME if key in new else DELETE), new.get(key))
            for key in signs.keys() | self.adds.keys() | self.updates.keys() | set(self.deletes)
            if not self._keeps(key, signs, new)
        )

    def _keeps(self, key: str, signs: dict[str, str], new: Properties) -> bool:
        """Whether one property does what is planned."""
        sign = signs.get(key, SAME)
        if key in self.deletes:
            return sign == DELETE or not signs or key not in new  # without any change Pulumi does not look
        if key in self.adds or key in self.updates:
            planned = self.adds[key] if key in self.adds else self.updates[key]
            if sign == DELETE or key not in new:
                return planned is UNKNOWN and not (sign == DELETE and key in self.adds)
            return not (sign == ADD and key in self.updates) and _accepts(planned, new[key])
        return sign == SAME

    def _mark(self, key: str, sign: str, actual: Any) -> str:
        planned_sign = ADD if key in self.adds else UPDATE if key in self.updates else DELETE if key in self.deletes else SAME
        planned = [shown(values[key]) for values in (self.adds, self.updates) if key in values][:1]
        found = [shown(actual)] if sign != DELETE else []
        values = "!=".join([*planned, *found])
        return f"{planned_sign}{sign}{key}" + (f"[{values}]" if values else "")


def _signs(old: Properties, new: Properties, alike: Callable[[Any, Any], bool]) -> Iterator[tuple[str, str]]:
    """The sign of each property that changes; null is no value."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if key in old and key in new:
            if not alike(before, after):
                yield key, ADD if before is None else DELETE if after is None else UPDATE
        elif key in new and after is not None:
            yield key, ADD
        elif key in old and before is not None and before is not UNKNOWN:
            yield key, DELETE


def equal(left: Any, right: Any) -> bool:
    """Whether two values are equal, secrecy included; a member that is null is as good as none."""
    return _alike(left, right, equal)


def _accepts(planned: Any, actual: Any) -> bool:
    """Whether a value will do for another of which parts are not known."""
    return planned is UNKNOWN or actual is UNKNOWN or _alike(planned, actual, _accepts)


def _alike(left: Any, right: Any, alike: Callable[[Any, Any], bool]) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return all(_member(left, right, key, alike) for key in left.keys() | right.keys())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, Secret) and isinstance(right, Secret):
        return alike(left.value, right.value)
    if isinstance(left, Asset) and isinstance(right, Asset):
        return left.archive == right.archive and left.hash == right.hash
    if isinstance(left, Reference) and isinstance(right, Reference):
        return left.urn == right.urn
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _member(left: Properties, right: Properties, key: str, alike: Callable[[Any, Any], bool]) -> bool:
    if key in left and key in right:
        return alike(left[key], right[key])
    return (left.get(key) is None and right.get(key) is None) or (alike is _accepts and left.get(key) is UNKNOWN)


def shown(value: Any) -> str:
    """A value as Pulumi's sentences show it; a secret is masked at any depth."""
    if value is UNKNOWN:
        return "output<string>{}"
    if isinstance(value, dict):
        return "{map[" + " ".join(f"{key}:{shown(item)}" for key, item in sorted(value.items())) + "]}"
    if isinstance(value, list):
        return "{[" + " ".join(map(shown, value)) + "]}"
    if isinstance(value, Asset):
        return "{" + f"{'archive' if value.archive else 'asset'} {value.hash[:12]}" + "}"
    if isinstance(value, Reference):
        return "{" + value.urn + "}"
    return "{" + _scalar(value) + "}"


def _scalar(value: Any) -> str:
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(float(value))
    return str(value)


def _number(value: float) -> str:
    """A number as Go writes it: the fewest digits that say it, with an exponent from a million on."""
    sign, digits, shift = Decimal(repr(value)).normalize().as_tuple()
    exponent = len(digits) + int(shift) - 1
    if -4 <= exponent < 6 or not value:  # noqa: PLR2004 - Go's own bounds
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    first, rest = digits[0], "".join(map(str, digits[1:]))
    return f"{'-' if sign else ''}{first}{'.' if rest else ''}{rest}e{exponent:+03d}"
