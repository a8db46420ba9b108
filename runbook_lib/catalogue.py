"""What there is to see: the steps as their notebooks describe them, and how a run's steps ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from runbook_lib import filing, parameters, settings
from runbook_lib.attempts import KILLED, Attempt, attempts
from runbook_lib.errors import RecordError, UsageError
from runbook_lib.ledger import Account, Event
from runbook_lib.owners import Life, owner_of
from runbook_lib.results import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runbook_lib.run import Run

ENDS = {"run.finished": "passed", "run.stopped": "stopped"}
DAMAGED = "DAMAGED"


class ParameterView(BaseModel):
    """One parameter of a step."""

    model_config = ConfigDict(frozen=True)

    default: Any
    help: str


class StepView(BaseModel):
    """One step, as its notebook's first cell describes it."""

    model_config = ConfigDict(frozen=True)

    name: str
    question: str
    changes: str
    parameters: dict[str, ParameterView]


class AttemptView(BaseModel):
    """How the latest attempt at a step ended."""

    model_config = ConfigDict(frozen=True)

    name: str
    attempt: int
    status: str
    summary: str


class RunView(BaseModel):
    """How a run ended, or that it has not."""

    model_config = ConfigDict(frozen=True)

    run: str
    environment: str
    rehearsal: bool
    state: str
    """``passed``, ``stopped``; ``running``, or ``running elsewhere`` where only another machine can tell; ``killed`` (its process
    is gone and has recorded no end); ``unfinished`` (between two steps by hand); ``DAMAGED`` (its records fail verification)."""
    directory: str
    steps: tuple[AttemptView, ...]
    problems: tuple[str, ...] = ()
    """What is wrong with the records, or happened to them: torn lines, a clock that stepped back, a result that was changed."""


def steps() -> list[StepView]:
    """Every step, read from the notebooks and the parameter models."""
    return [_step(name) for name in parameters.STEPS]


def _step(name: str) -> StepView:
    path = settings.home() / "notebooks" / f"{name}.ipynb"
    try:
        head = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    except (OSError, ValueError, LookupError) as error:
        raise UsageError(f"{path} is not a notebook: {error}") from error
    facts = dict(line.split(": ", 1) for line in head.splitlines() if line.startswith("**") and ": " in line)
    fields = parameters.STEPS[name].model_fields
    return StepView(
        name=name,
        question=facts.get("**Question**", ""),
        changes=facts.get("**Changes**", ""),
        parameters={
            key: ParameterView(default=str(field.default), help=field.description or "") for key, field in fields.items()
        },
    )


def run_status(run: Run) -> RunView:
    """How a run and its steps ended, from its ledger and the results that it binds; writes nothing.

    Whatever is wrong with the records is in the view: one bad run must not hide the others.
    """
    try:
        told = run.ledger.account()
    except RecordError as error:
        told = Account((), (), error.message)
    problems = [*([told.broken] if told.broken else []), *told.notes]
    try:
        found = attempts(told.events)
    except RecordError as error:
        told, found = Account((), (), error.message), []
        problems.append(error.message)
    latest = {each.step: each for each in sorted(found, key=lambda each: each.number)}
    views = [_attempt(run, each, problems) for each in latest.values()]
    strays = [] if told.broken else filing.strays(run, parameters.STEPS, found)
    problems += [f"{path} is not on record: no event of the ledger names it." for path in strays]
    damaged = bool(told.broken or strays) or any(view.status == DAMAGED for view in views)
    return RunView(
        run=run.facts.run,
        environment=run.facts.environment,
        rehearsal=run.facts.rehearsal,
        state=DAMAGED if damaged else _state(told.events, found),
        directory=str(run.directory),
        steps=tuple(views),
        problems=tuple(dict.fromkeys(problems)),
    )


def _state(events: Sequence[Event], found: Sequence[Attempt]) -> str:
    """How the run stands, given every attempt at its steps."""
    last = events[-1]["event"] if events else ""
    if last in ENDS:
        return ENDS[last]
    lives = [each.life for each in found if each.ended is None]
    if Life.ALIVE in lives or Life.HERE in lives:
        return "running"
    if Life.ELSEWHERE in lives:
        return "running elsewhere"
    if lives or last in KILLED:
        return "killed"
    # Between two steps there is no attempt: who last began something tells, unless that was a step by hand.
    begun = [each.events[0] for each in found]
    runner = next((event for event in reversed(events) if event in begun or event["event"] == "run.continued"), None)
    owner = owner_of(runner) if runner and runner["event"] != "step.started" else None
    if owner is None:
        return "unfinished"
    return {Life.GONE: "killed", Life.ELSEWHERE: "unfinished"}.get(owner.life(), "running")


def _attempt(run: Run, attempt: Attempt, problems: list[str]) -> AttemptView:
    try:
        result, wrong = filing.read_result(run, attempt.step, attempt), ""
    except RecordError as error:
        result, wrong = None, error.message
        problems.append(wrong)
    ended = attempt.ended
    if wrong:
        status, summary = DAMAGED, wrong
    elif ended is None:
        status = "RUNNING" if attempt.life is not Life.GONE else "KILLED"
        summary = f"{', '.join(map(str, attempt.owners[:1]))} since {attempt.events[0]['at']}"
    elif attempt.killed:
        status, summary = "KILLED", f"settled by {ended.get('settled_by')}"
    else:
        status = (attempt.status or Status.UNKNOWN).value
        summary = result.summary() if result else ended.get("error") or "no result"
    return AttemptView(name=attempt.step, attempt=attempt.number, status=status, summary=summary)
