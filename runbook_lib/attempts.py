"""Which attempts at which steps a run has had, and how each ended: a pure reading of its ledger.

An attempt that the runner began is over when the runner says so (``notebook.ended``), or whoever settled it
(``notebook.killed``); one that a person began by hand when the step itself does (``step.finished``, ``step.failed``,
``step.interrupted``), or whoever settled it (``step.killed``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.errors import RecordError
from runbook_lib.owners import Life, Owner, owner_of
from runbook_lib.results import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runbook_lib.ledger import Event

BEGINS = ("notebook.started", "step.started")
SAYS = ("step.finished", "step.failed", "step.interrupted")
KILLED = ("notebook.killed", "step.killed")
ENDS = ("notebook.ended", *KILLED)


@dataclass(frozen=True)
class Attempt:
    """One execution of a step, as the ledger tells it."""

    step: str
    number: int
    events: tuple[Event, ...]
    """All that name it, oldest first; the first began it."""

    @property
    def by_hand(self) -> bool:
        """Whether a person began it, with no runner above."""
        return bool(self.events[0]["event"] == "step.started")

    @property
    def said(self) -> Event | None:
        """The event with which the step itself ended; its ``records`` bind the result."""
        return next((event for event in reversed(self.events) if event["event"] in SAYS), None)

    @property
    def ended(self) -> Event | None:
        """The event that ended the attempt; ``None`` while it is at work, or when it was killed and nobody has settled it."""
        found = next((event for event in self.events if event["event"] in ENDS), None)
        return found or (self.said if self.by_hand else None)

    @property
    def killed(self) -> bool:
        """Whether it was killed, and settled since."""
        return bool(self.ended and self.ended["event"] in KILLED)

    @property
    def status(self) -> Status | None:
        """What the ledger says it came to; ``None`` if it never ended by itself."""
        if self.ended is None or self.killed:
            return None
        return Status.FAIL if self.ended["event"] in {"step.failed", "step.interrupted"} else Status(self.ended["status"])

    @property
    def owners(self) -> list[Owner]:
        """The processes that worked on it: whoever began it, and the kernel once the step had begun."""
        return [found for event in self.events if event["event"] in BEGINS and (found := owner_of(event))]

    @property
    def life(self) -> Life:
        """What is known of the process that began it."""
        return self.owners[0].life() if self.owners else Life.GONE


def attempts(events: Iterable[Event]) -> list[Attempt]:
    """Every attempt, in the order in which they began.

    Args:
        events: A ledger's.

    Raises:
        RecordError: An event lacks what it has to say, so that it was not the runbook that wrote it.
    """
    found: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        if event["event"] not in {*BEGINS, *SAYS, *ENDS}:
            continue
        key = (event.get("step"), event.get("attempt"))
        if not isinstance(key[0], str) or not isinstance(key[1], int):
            raise RecordError(f"An event {event['event']} of {event.get('at')} names no attempt at a step.")
        if event["event"] in BEGINS or key in found:
            found.setdefault((key[0], key[1]), []).append(event)
    return [Attempt(step, number, tuple(named)) for (step, number), named in found.items()]


def latest(events: Iterable[Event], step: str) -> Attempt | None:
    """The attempt at ``step`` with the highest number."""
    return max((each for each in attempts(events) if each.step == step), key=lambda each: each.number, default=None)
