"""Reads every part in parallel and keeps what went wrong in the place of what could not be read."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from runbook_lib.discovery import load_package
from runbook_lib.results import now
from runbook_lib.snapshot.drift import Drift
from runbook_lib.snapshot.parts import Snapshot, Unreadable, Untried

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

    Collect = Callable[[Aws, StackOutputs], object]

T = TypeVar("T")
_THREADS = 16


class Turn(IntEnum):
    """When a part is read: a turn begins when everything of the one before has ended."""

    SYSTEM = 0
    """The system as it is, and experiments that break nothing."""
    DRILL = 1
    DATABASE_DRILL = 2
    SECRET_DRILL = 3
    """Drills that take the same function's dependencies away, one after the other."""
    CLEANUP = 9
    """What takes away what the others worked with."""


@dataclass(frozen=True)
class Collector:
    """How a part is read."""

    read: Collect
    turn: Turn
    disruptive: bool
    """Whether payments fail meanwhile."""


_collectors: dict[type, Collector] = {}


def collects(
    part: type[T], *, turn: Turn = Turn.SYSTEM, disruptive: bool = False
) -> Callable[[Callable[[Aws, StackOutputs], T]], Callable[[Aws, StackOutputs], T]]:
    """Decorator: this function reads the snapshot's ``part``.

    Args:
        part: The part's class.
        turn: When it is read.
        disruptive: Whether payments fail meanwhile, so that somebody has to ask for it.
    """

    def add(function: Callable[[Aws, StackOutputs], T]) -> Callable[[Aws, StackOutputs], T]:
        if part in _collectors:
            raise ValueError(f"{part.__name__} has two collectors")
        _collectors[part] = Collector(function, turn, disruptive)
        return function

    return add


def collectors() -> dict[type, Collector]:
    """Every part's collector, from every file of this package."""
    load_package("runbook_lib.snapshot")
    return dict(_collectors)


def take(
    aws: Aws, outputs: StackOutputs, *, drills: bool = False, drift: Callable[[], Drift] | None = None, day: date | None = None
) -> Snapshot:
    """Read the live system; whatever goes wrong takes the place of its part, and what experiments left is cleaned up.

    Args:
        aws: Where the system lives.
        outputs: The stack's outputs.
        drills: Whether to take dependencies away from the running system, by which payments fail meanwhile.
        drift: Asks the engine what has drifted; it runs beside the rest, and only while nothing is broken on purpose.
        day: The day that judgements are for (``days.Day.judged``); by default that on which reading begins.
    """
    every, taken = collectors(), now()
    seconds: dict[str, float] = {}

    def read(part: type, how: Callable[..., object], *arguments: object) -> object:
        began = time.monotonic()
        try:
            return _attempt(how, *arguments)
        finally:
            seconds[part.__name__] = round(time.monotonic() - began, 2)

    parts: dict[type, object] = {part: Untried("drills are off") for part, how in every.items() if how.disruptive}
    todo = {part: how for part, how in every.items() if drills or not how.disruptive}

    def hold(turn: Turn) -> None:
        order = sorted((part for part in todo if todo[part].turn is turn), key=lambda part: part.__name__)
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="snapshot") as pool:
            drifting = pool.submit(read, Drift, drift) if drift and turn is Turn.SYSTEM else None
            parts.update(zip(order, pool.map(lambda part: read(part, todo[part].read, aws, outputs), order), strict=True))
            if turn is Turn.SYSTEM:
                parts[Drift] = drifting.result() if drifting else Untried("no engine to ask")

    try:
        for turn in sorted({*Turn} - {Turn.CLEANUP}):
            hold(turn)
    finally:  # an interrupt included: every turn has ended by now, however it did
        hold(Turn.CLEANUP)
    return Snapshot(outputs, parts, taken, seconds, day)


def _attempt(read: Callable[..., object], *arguments: object) -> object:
    try:
        return read(*arguments)
    except ClientError as error:
        return Unreadable(_told(error), absent=is_absent(error.response.get("Error", {}).get("Code", "")))
    except (LookupError, TypeError, ValueError) as error:
        # An answer without the fields AWS documents is no data, whoever sent it.
        return Unreadable(f"{getattr(read, '__name__', read)} cannot read the answer: {_told(error)}")
    except Exception as error:  # noqa: BLE001 - one part's trouble must not take the other parts' evidence with it
        return Unreadable(_told(error))


def _told(error: Exception) -> str:
    return "; ".join((f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())))


def is_absent(code: str) -> bool:
    """Whether an AWS error code says that what was named is not there, e.g. ``NoSuchBucket``."""
    plain = code.removesuffix("Exception").removesuffix("Fault")
    return plain.endswith("NotFound") or plain.startswith("NoSuch") or plain == "404"
