"""How drills are held: break one thing on purpose, watch, and mend it whatever happens in between.

A drill that cannot mend what it broke says so in its part's place (``NotMendedError``), which no check gets past. One
whose process is killed leaves its mark in a name (``MARK``), and the next drill of its kind removes it.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from runbook_lib.errors import RunbookError
from runbook_lib.snapshot.experiment import Trial, tidied
from runbook_lib.snapshot.probe import Answer, AuditObject, Bench, LogLine, payment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from runbook_lib.aws import Aws

T = TypeVar("T")
MARK = "RunbookDrill"
_PROPAGATION_SECONDS = {False: 120.0, True: 3.0}
"""How long a change is given to take effect, by whether AWS is emulated. AWS says "eventually", usually seconds; the
emulator has nothing to propagate."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 10.0
_SAME_REQUEST_MS = 2000
"""A request's log line and its metric are written within milliseconds."""


class NotMendedError(RunbookError):
    """Raised when a drill could not put back what it broke."""


def propagation(aws: Aws) -> float:
    """How long to wait for a change of a policy, a key or an alarm to take effect, in seconds."""
    return _PROPAGATION_SECONDS[aws.target.emulated]


def until(look: Callable[[], T], done: Callable[[T], bool], *, seconds: float) -> T:
    """Look again and again, ever less often, and give what was seen last, done or not: checks judge that."""
    deadline, pause = time.monotonic() + seconds, _SHORTEST_PAUSE
    while not done(seen := look()) and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(1.5 * pause, _LONGEST_PAUSE)
    return seen


@contextmanager
def mending(what: str, mend: Callable[[], object]) -> Iterator[None]:
    """Run ``mend`` in the end, even if breaking failed half-way.

    Raises:
        NotMendedError: It failed; this is worse than whatever else went wrong, and takes its place.
    """
    try:
        yield
    finally:
        try:
            mend()
        except NotMendedError:
            raise
        except Exception as error:
            message = f"A drill changed {what} and could not put it back: {error}"
            raise NotMendedError(message, remedy="Put it back by hand, or verify with drills again.") from error


@dataclass(frozen=True)
class Outage(Trial):
    """A dependency taken away and given back, with one payment sent meanwhile and repeated afterwards."""

    resource: str
    """What was taken away."""
    payment_id: str
    refused: Answer
    """While it was away."""
    completed: Answer
    """The same payment, once it was back."""
    log_lines: tuple[LogLine, ...]
    """Those that hold the refused request's correlation id."""
    metrics: tuple[str, ...]
    """The metrics that the function wrote about the refused request."""
    rows: tuple[Mapping[str, Any], ...]
    audit_objects: tuple[AuditObject, ...]
    restored: bool
    """Whether everything that was changed reads as before."""


Kind = TypeVar("Kind", bound=Outage)


def suffer(
    kind: type[Kind],
    bench: Bench,
    resource: str,
    metric: str,
    *,
    away: AbstractContextManager[None],
    restored: Callable[[], bool],
    again: Callable[[], object] = lambda: None,
) -> Kind:
    """Send payments while something is away until one is refused for it, and the same one again when it is back.

    Args:
        kind: Which outage it is.
        bench: Sends the payments.
        resource: What is taken away.
        metric: The metric that is to tell of it.
        away: Takes it away, and gives it back.
        restored: Whether everything reads as before.
        again: Called after each payment that was accepted all the same, for what has to be repeated until it takes effect.
    """

    def hold() -> Kind:
        sent: list[dict[str, Any]] = []
        patience = propagation(bench.aws)

        def pay() -> Answer:
            if sent:
                again()
            sent.append(payment())
            return bench.api(sent[-1])

        with away:
            refused = until(pay, lambda answer: answer.status != 201, seconds=patience)  # noqa: PLR2004 - Created: not yet away
        hurt = sent[-1]
        payment_id = hurt["payment_id"]
        completed = until(lambda: bench.api(hurt), lambda answer: answer.status < 500, seconds=patience)  # noqa: PLR2004 - server errors
        lines = bench.log_lines(refused.sent_correlation_id)
        return kind(
            resource=resource,
            payment_id=payment_id,
            refused=refused,
            completed=completed,
            log_lines=lines,
            metrics=_metrics(bench, metric, lines),
            rows=tuple(bench.ask_schema(action="payment", payment_id=payment_id)["rows"]),
            audit_objects=bench.audit_objects(payment_id),
            restored=restored(),
        )

    return tidied(bench, hold)


def _metrics(bench: Bench, metric: str, about: tuple[LogLine, ...]) -> tuple[str, ...]:
    """The metric, if it was written (in embedded metric format, to the same log) when these lines were."""

    def look() -> bool:
        written = [line.at_ms for line in bench.log_lines(metric, wait=False) if metric in line.fields]
        return any(abs(at - line.at_ms) <= _SAME_REQUEST_MS for at in written for line in about)

    return (metric,) if until(look, bool, seconds=propagation(bench.aws) if about else 0.0) else ()
