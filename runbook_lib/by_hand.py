"""Which run a step belongs to that a person, or papermill, starts without naming one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from runbook_lib import kept, way_in
from runbook_lib.facts import operator
from runbook_lib.results import now
from runbook_lib.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from runbook_lib.aws import Target
    from runbook_lib.facts import RunFacts

FRESH = timedelta(days=1)
REASON = "by hand, in Jupyter"


def run_for(place: way_in.Place) -> Run:
    """The run that a step at ``place`` belongs to; the stack's lock is held, so nobody is at work in it.

    A person who opens the notebooks one after the other gets one run, as papermill does; the next day it is another one. In a
    rehearsal that is being kept it is the latest run there, ended or not: whoever goes there wants what that run deployed.
    """
    for run in Run.all():
        if place.world:
            if kept.holds(place.world, run) and run.facts.environment == place.environment.environment:
                return run
        elif joinable(run.facts, run.ledger.events(), place.environment.environment, place.target, operator(), now()):
            return run
    return begin(place, REASON, {})


def begin(place: way_in.Place, reason: str, given: dict[str, dict[str, Any]]) -> Run:
    """Begin a run at a place, in a rehearsal with the engine and the state of the run that was made there before."""
    if place.world:
        facts = kept.newest_run(place.world).facts
        engine, backend = facts.engine, facts.backend
    else:
        engine, backend = place.environment.engine, way_in.backend()
    return Run.create(
        environment=place.environment.environment, rehearsal=place.target.emulated, reason=reason, engine=engine,
        caller=place.caller, target=place.target, parameters=given, backend=backend,
        world=place.world.state.name if place.world else "",
    )  # fmt: skip


def joinable(
    facts: RunFacts, events: Iterable[dict[str, Any]], environment: str, target: Target, operator: str, at: datetime
) -> bool:
    """Whether a step by hand may join a run without its having been named; pure.

    Only one that the same person began by hand, in the same environment and at the same target, within a day, and that has not
    ended: who goes on with one that stopped, or with the command line's, says so by its id.
    """
    same = (facts.environment, facts.target, facts.rehearsal, facts.operator) == (environment, target, target.emulated, operator)
    if not same or at - facts.started >= FRESH:
        return False
    return not any(event["event"] in {"run.finished", "run.stopped", "notebook.started"} for event in events)
