"""How experiments with test payments are held: whatever happens in one, the audit objects of all it sent are removed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from runbook_lib.snapshot.probe import AT_ONCE, Bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True)
class Trial:
    """Base of what came of an experiment."""

    left_behind: tuple[str, ...] = field(default=(), kw_only=True)
    """What of its audit objects could not be removed, and why."""


Kind = TypeVar("Kind", bound=Trial)


def experiment(hold: Callable[[Bench], Kind]) -> Callable[[Aws, StackOutputs], Kind]:
    """Decorator: this function holds an experiment at a bench, which is tidied afterwards."""

    @wraps(hold)
    def held(aws: Aws, outputs: StackOutputs) -> Kind:
        bench = Bench(aws, outputs, at_once=AT_ONCE)
        return tidied(bench, lambda: hold(bench))

    return held


def tidied(bench: Bench, hold: Callable[[], Kind]) -> Kind:
    """Hold an experiment, and remove the audit objects of every payment that the bench sent in it.

    Raises:
        BaseException: What the experiment raised, with a note on what is known all the same.
    """
    try:
        trial = hold()
    except BaseException as error:
        left = _forget(bench)
        error.add_note(f"answers until then: {bench.statuses}, audit objects left behind: {list(left) or 'none'}")
        raise
    return replace(trial, left_behind=_forget(bench))


def _forget(bench: Bench) -> tuple[str, ...]:
    return bench.forget_audit(*dict.fromkeys(bench.payment_ids))  # a repeated payment has one id
