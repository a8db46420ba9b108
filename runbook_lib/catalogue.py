"""What there is to see: the steps as their notebooks describe them, and how a run's steps ended."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict

from runbook_lib import filing, folders, parameters, settings
from runbook_lib.attempts import KILLED, Attempt, attempts
from runbook_lib.errors import RecordError, UsageError
from runbook_lib.ledger import Account, Event
from runbook_lib.owners import Life, owner_of
from runbook_lib.results import Status
from runbook_lib.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

T = TypeVar("T")

ENDS = ("run.finished", "run.stopped")
BEGUN = "begun"
DAMAGED = "DAMAGED"
TEARDOWN = "91_teardown"
SHOWN = 10
"""How many of the latest runs there are to see; of the older ones only those that cannot be read."""


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
    """0 where only a file tells that there was one."""
    status: str
    summary: str


class RunView(BaseModel):
    """How a run ended, or that it has not."""

    model_config = ConfigDict(frozen=True)

    run: str
    environment: str
    rehearsal: bool
    state: str
    """``passed`` (the latest attempt at every forward step did); ``partly passed`` (so did every step that ran, and some forward
    steps have not run); ``stopped`` (one did not pass); ``torn down``; ``running``, or ``running elsewhere`` where only another
    machine can tell; ``killed`` (its process is gone and has recorded no end); ``unfinished`` (between two steps by hand);
    ``begun`` (its folder is made, and nothing is on record); ``DAMAGED`` (its records fail verification)."""
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


def all_runs() -> list[RunView]:
    """The latest runs, newest first, and whichever cannot be read: one bad record must not hide the good ones."""
    found = [(directory, opened(directory)) for directory in folders.every()]
    shown = [directory for directory, run in found if isinstance(run, Run)][:SHOWN]
    return [view(directory, run) for directory, run in found if directory in shown or not isinstance(run, Run)]


def one_run(run_id: str) -> RunView:
    """The run of that id.

    Raises:
        UsageError: There is none.
    """
    directory = folders.find(run_id)
    return view(directory, opened(directory))


def opened(directory: Path) -> Run | RecordError:
    """The run in a folder, or why it cannot be read."""
    try:
        return Run.open(directory)
    except RecordError as error:
        return error


def view(directory: Path, run: Run | RecordError) -> RunView:
    """How a run stands, given what opening its folder led to; where it cannot be read, its folder is all that is known of it."""
    if isinstance(run, Run):
        return run_status(run)
    kind, rehearsals = directory.parent.name, folders.REHEARSALS
    # Making the folder claims the run's id; what is written first has a hidden name until it is whole.
    begun = all(path.name.startswith(".") for path in directory.iterdir())
    return RunView(
        run=directory.name, environment="unknown" if kind == rehearsals else kind, rehearsal=kind == rehearsals,
        state=BEGUN if begun else DAMAGED, directory=str(directory), steps=(),
        problems=(f"{directory} has been begun, and nothing is on record." if begun else run.message,),
    )  # fmt: skip


def run_status(run: Run) -> RunView:
    """How a run and its steps ended, from its ledger and the files that it binds; writes nothing.

    Whatever is wrong with the records is in the view: one bad run must not hide the others. Where the ledger breaks, what it
    tells until there is told, and the rest is DAMAGED.
    """
    try:
        told = run.ledger.account()
        # What binds an event is the line after it: of the last before the break nobody knows whether it was changed.
        told = Account(told.events[:-1], told.notes, told.broken) if told.broken else told
        found = attempts(told.events)
    except RecordError as error:
        told, found = Account((), (), error.message), []
    wrong = [told.broken] if told.broken else []
    latest = {each.step: each for each in sorted(found, key=lambda each: each.number)}
    views = {each.step: _attempt(run, each, wrong, told.broken) for each in latest.values()}
    for each in found:
        if each is not latest[each.step]:
            _look(partial(filing.verify, run, each), wrong)
    for path in filing.strays(run, parameters.STEPS, found):
        step = path.name.partition(".")[0]
        why = "what the ledger says of it cannot be read." if told.broken else "no event of the ledger names it."
        wrong.append(f"{path} is not on record: {why}")
        views.setdefault(step, AttemptView(name=step, attempt=0, status=DAMAGED, summary=wrong[-1]))
    return RunView(
        run=run.facts.run,
        environment=run.facts.environment,
        rehearsal=run.facts.rehearsal,
        state=DAMAGED if wrong else _state(told.events, found),
        directory=str(run.directory),
        steps=tuple(views.values()),
        problems=tuple(dict.fromkeys([*wrong, *told.notes])),
    )


def _state(events: Sequence[Event], found: Sequence[Attempt]) -> str:
    """How the run stands, given every attempt at its steps."""
    last = events[-1]["event"] if events else ""
    lives = [each.life for each in found if each.ended is None]
    if last in ENDS and not lives:
        return _end(last, found)
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


def _end(last: str, found: Sequence[Attempt]) -> str:
    """How a run stands that is over: its last command may have been about one step only, its steps are what it came to."""
    latest = {each.step: each.status for each in sorted(found, key=lambda each: each.number)}
    passed = {step for step, status in latest.items() if status is Status.PASS}
    if last == "run.finished" and found and found[-1].step == TEARDOWN and TEARDOWN in passed:
        return "torn down"
    if last != "run.finished" or passed != set(latest):
        return "stopped"
    return "passed" if passed >= set(parameters.FORWARD) else "partly passed"


def _attempt(run: Run, attempt: Attempt, wrong: list[str], broken: str) -> AttemptView:
    """How an attempt ended; what is wrong with its files goes to ``wrong`` as well."""
    before = len(wrong)
    result = _look(partial(filing.read_result, run, attempt.step, attempt), wrong)
    ended = attempt.ended
    if wrong[before:]:
        status, summary = DAMAGED, wrong[-1]
    elif ended is None and broken:
        status, summary = DAMAGED, f"has begun; {broken}"
    elif ended is None:
        status = "RUNNING" if attempt.life is not Life.GONE else "KILLED"
        summary = f"{', '.join(map(str, attempt.owners[:1]))} since {attempt.events[0]['at']}"
    elif attempt.killed:
        status, summary = "KILLED", f"settled by {ended.get('settled_by')}"
    else:
        status = (attempt.status or Status.UNKNOWN).value
        summary = result.summary() if result else ended.get("error") or "no result"
    return AttemptView(name=attempt.step, attempt=attempt.number, status=status, summary=summary)


def _look(at: Callable[[], T], wrong: list[str]) -> T | None:
    try:
        return at()
    except RecordError as error:
        wrong.append(error.message)
        return None
