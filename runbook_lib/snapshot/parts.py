"""The snapshot: parts keyed by their model's class, each either data or the error that kept it from being read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import date, datetime

    from runbook_lib.outputs import StackOutputs

T = TypeVar("T")


@dataclass(frozen=True)
class Unreadable:
    """Why a part is not there."""

    error: str
    absent: bool = False
    """Whether AWS said that the resource does not exist, which is an answer and not a gap in our knowledge."""


@dataclass(frozen=True)
class Untried:
    """A part that was left alone on purpose, and why."""

    reason: str


class Unavailable(Exception):  # noqa: N818 - it is caught by the checks' runner and becomes a finding, never an error
    """Raised when a check needs a part that is not there.

    Attributes:
        absent: Whether AWS said that the resource does not exist.
        tried: Whether reading it was tried.
    """

    def __init__(self, part: str, gap: Unreadable | Untried) -> None:
        self.tried = isinstance(gap, Unreadable)
        self.absent = isinstance(gap, Unreadable) and gap.absent
        super().__init__(f"{part}: {gap.error if isinstance(gap, Unreadable) else gap.reason}")


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """Base of every live resource that carries tags."""

    name: str
    """What an operator would search for: the name, or the id where AWS gives no name."""
    tags: Mapping[str, str]
    made_by_aws: bool = False
    """Whether AWS made it along with something else, such as a VPC's default network ACL: the stack cannot tag it."""


@dataclass(frozen=True)
class Snapshot:
    """The live system at one moment.

    Attributes:
        outputs: The stack's outputs, which reading started from.
        parts: The model's class → an instance of it, or why there is none.
        taken: When reading began.
        judged: The day that judgements are for; ``None`` is the one that reading began on.
        seconds: The name of each part that was tried → how long reading it took.
    """

    outputs: StackOutputs
    parts: Mapping[type, object]
    taken: datetime
    seconds: Mapping[str, float] = field(default_factory=dict)
    judged: date | None = None

    @property
    def day(self) -> date:
        """The day that judgements about it are for."""
        return self.judged or self.taken.date()

    def read(self, part: type[T]) -> T:
        """The part of this class.

        Raises:
            Unavailable: It could not be read, or nobody tried.
        """
        found = self.parts.get(part, Unreadable("nothing collects it"))
        if isinstance(found, (Unreadable, Untried)):
            raise Unavailable(part.__name__, found)
        if not isinstance(found, part):
            raise TypeError(f"the snapshot holds a {type(found).__name__} where a {part.__name__} belongs")
        return found

    def unreadable(self) -> Iterator[tuple[str, str]]:
        """The name and the error of every part that could not be read."""
        for part, found in self.parts.items():
            if isinstance(found, Unreadable):
                yield part.__name__, found.error

    def untried(self) -> list[str]:
        """The names of the parts that were left alone on purpose."""
        return [part.__name__ for part, found in self.parts.items() if isinstance(found, Untried)]

    def tagged(self) -> list[Tagged]:
        """Every tagged resource of every part that was tried.

        Raises:
            Unavailable: Some part could not be read, so the list would not be whole.
        """
        tried = (part for part, found in self.parts.items() if not isinstance(found, Untried))
        return [item for part in tried for item in tagged_in(self.read(part))]


def tagged_in(value: object) -> Iterator[Tagged]:
    """Every tagged resource inside ``value``, however deep."""
    if isinstance(value, Tagged):
        yield value
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from tagged_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tagged_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from tagged_in(item)
