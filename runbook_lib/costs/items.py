"""What a price rule reads (``Inputs``) and what it says (``Item``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from runbook_lib.costs.model import HOURS, Kind


@dataclass(frozen=True)
class Fixed:
    """A charge for something that exists.

    Attributes:
        key: The price list's key.
        quantity: Units a month; ``None`` where it is known only after the deployment.
    """

    what: str
    key: str
    quantity: Decimal | None = HOURS
    kind: Kind = Kind.FIXED


@dataclass(frozen=True)
class Usage:
    """A charge for use; ``driver`` names the quantity in ``UsageAssumptions.quantities``."""

    what: str
    key: str
    driver: str


@dataclass(frozen=True)
class Gap:
    """Something that is charged for and that the rule has no price for."""

    what: str
    reason: str


Item: TypeAlias = Fixed | Usage | Gap


@dataclass(frozen=True)
class Inputs:
    """A resource's inputs, read by type: a value that is not known yet reads as ``None``, never as a default.

    Attributes:
        unsure: Switches that were asked for and that are known only after the deployment, nested ones included.
    """

    raw: Mapping[str, Any]
    today: date
    unsure: set[str] = field(default_factory=set, compare=False, hash=False)

    def text(self, name: str, default: str = "") -> str:
        """A text, or ``default`` where it is not set."""
        value = self.raw.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Whether a switch is on; one that is not known yet reads as off and is noted as ``unsure``."""
        value = self.raw.get(name)
        if value not in (None, True, False, "", "true", "false"):
            self.unsure.add(name)
        return value in (True, "true")

    def number(self, name: str) -> Decimal | None:
        """A number, or ``None`` where it is not set, not known yet, or no number of anything."""
        value = self.raw.get(name)
        if value is None or isinstance(value, bool | Mapping | list):
            return None
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            return None
        return found if found.is_finite() and found >= 0 else None

    def count(self, name: str, default: int = 1) -> Decimal | None:
        """A number, ``default`` where it is not set, ``None`` where it is not known yet."""
        return Decimal(default) if self.raw.get(name) is None else self.number(name)

    def hours(self, name: str, default: int = 1) -> Decimal | None:
        """A month's hours of so many, as ``count`` tells how many."""
        count = self.count(name, default)
        return None if count is None else HOURS * count

    def items(self, name: str) -> list[Any] | None:
        """A list, ``[]`` where it is not set, ``None`` where it is not known yet."""
        value = self.raw.get(name)
        if value is None:
            return []
        return list(value) if isinstance(value, list | tuple) else None

    def objects(self, name: str) -> list[Inputs] | None:
        """A list of nested objects, ``[]`` where it is not set, ``None`` where any of it is not known yet."""
        values = self.items(name)
        if values is None or not all(isinstance(value, Mapping) for value in values):
            return None
        return [Inputs(value, self.today, self.unsure) for value in values]

    def nested(self, name: str) -> Inputs:
        """A nested object; an empty one where it is not set."""
        value = self.raw.get(name)
        return Inputs(value if isinstance(value, Mapping) else {}, self.today, self.unsure)


Rule: TypeAlias = Callable[[Inputs], Iterator[Item]]
