"""The frame around every step: parameters in, ledger entries, result file out.

Whatever happens in between is on record before it is raised, whether papermill runs the notebook or a person does.
"""

from __future__ import annotations

import functools
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib import by_hand, canonical, chosen, days, filing, parameters, redaction, settings, stack_state, way_in
from runbook_lib.aws import Aws
from runbook_lib.errors import InterruptedRunError, RunbookError
from runbook_lib.results import Finding, Status, now
from runbook_lib.run import ATTEMPT_VARIABLE, Run
from runbook_lib.settling import token
from runbook_lib.steps import cells
from runbook_lib.steps.outcome import Outcome, Report, called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runbook_lib.chosen import Chosen
    from runbook_lib.engine import Engine
    from runbook_lib.results import StepResult

CHANGES_STATE = frozenset({"03_deploy", "91_teardown"})
"""The steps that change the stack: their last event binds its state before and after."""


@dataclass(frozen=True)
class Context:
    """What a step works with; whoever calls the step brings it."""

    run: Run
    aws: Aws
    engine: Engine
    so_far: dict[str, Any] = field(default_factory=dict, kw_only=True)
    """What the step has done by now, as JSON values: the data of a result whose step does not come to its end."""
    clock: Callable[[], datetime] = field(default=now, kw_only=True)
    """What time it is, UTC."""

    @functools.cached_property
    def day(self) -> days.Day:
        """The day that this step's judgements are for."""
        return days.of(self.aws, self.clock())

    @classmethod
    def of(cls, run: Run) -> Context:
        """What a run's own facts lead to."""
        from runbook_lib.engine import Engine
        from runbook_lib.redaction import learning

        learning.watch()
        return cls(run, Aws(run.facts.target), Engine(run, progress))


def progress(line: str) -> None:
    """Tell whoever watches the run what is being done; silent where nobody does."""
    if path := os.environ.get("RUNBOOK_PROGRESS"):
        with suppress(OSError):  # it is only shown: a full disk is no reason to leave half-way
            Path(path).write_text(redaction.redact(line) + "\n", encoding="utf-8")


def step(name: str) -> Callable[[Callable[[Context, Any], Report]], Callable[..., Outcome]]:
    """Make a function that looks into one question into the step a notebook calls.

    Args:
        name: The step's full name, e.g. ``02_plan``; its parameters' model is the one in ``parameters.STEPS``.
    """

    def decorate(look: Callable[[Context, Any], Report]) -> Callable[..., Outcome]:
        @functools.wraps(look)
        def call(**given: Any) -> Outcome:
            this = called(name, given)
            cells.refuse_unknown(name)
            with _entered(name, given) as (run, told):
                _say(told.told())
                result, path, report = _attempt(name, look, run, told)
            return Outcome(result, path, report, this)

        return call

    return decorate


def _attempt(name: str, look: Callable[[Context, Any], Report], run: Run, told: Chosen) -> tuple[StepResult, Path, Report]:
    attempt = run.step_begins(name)
    started = now()
    context: Context | None = None
    before: str | None = None

    def kept(report: Report, event: str, **facts: Any) -> tuple[StepResult, Path]:
        result = filing.result_of(
            run, name, attempt, started=started, parameters=told.values.model_dump(mode="json"),
            sources=told.sources, findings=report.findings, data=_data(report),
        )  # fmt: skip
        if digest := report.data.get("digest"):
            facts["plan_digest"] = digest
        if context is not None and before is not None:
            facts["stack_state"] = {"before": before, "after": _state(context, name)}
        return result, filing.file(run, result, event, **facts)

    try:
        context = Context.of(run)
        before = _state(context, name)
        report = look(context, told.values)
    except BaseException as error:
        interrupted = isinstance(error, KeyboardInterrupt | InterruptedRunError)
        kept(
            _of_failure(name, error, context.so_far if context else {}), "step.interrupted" if interrupted else "step.failed",
            error=f"{type(error).__name__}: {error}",
        )  # fmt: skip
        raise
    result, path = kept(report, "step.finished")
    return result, path, report


def _state(context: Context, name: str) -> str | None:
    """The digest of the stack's state; ``None`` for a step that changes none. Where it cannot be read, the record says why."""
    if name not in CHANGES_STATE:
        return None
    try:
        return stack_state.digest(context.run, context.engine)
    except RunbookError as error:
        return f"not known: {error}"


@contextmanager
def _entered(name: str, given: dict[str, Any]) -> Iterator[tuple[Run, Chosen]]:
    """The run that the step belongs to and what it is told, with its stack held and its target shown."""
    known = parameters.parse(name, given)
    if known.run and _begun_by_runner(run := Run.find(known.run), name):
        # It came in by the same way, has read the environment's file, and holds the stack.
        _say(way_in.shown(run.facts.environment, run.facts.target))
        yield run, chosen.choose(name, {}, given, chosen.said())
        return
    environment = settings.environment(known.environment)
    told = chosen.choose(name, chosen.of_file(name, environment), given, chosen.said())
    with way_in.enter(environment, by_hand.run_for, _say, run=known.run, rehearsal=known.rehearsal) as (_, run):
        yield run, told


def _begun_by_runner(run: Run, name: str) -> bool:
    """Whether a runner started this process for an attempt that has not ended."""
    told = os.environ.get(ATTEMPT_VARIABLE)
    return bool(told) and any(told == token(run.facts.run, name, each.number) and not each.ended for each in run.attempts())


def _say(line: str) -> None:
    """Show a line where the step was called: in the notebook."""
    if line:
        print(line)  # noqa: T201 - a notebook's output is where it belongs


def _data(report: Report) -> dict[str, Any]:
    return {**report.data, **({"warnings": list(report.warnings)} if report.warnings is not None else {})}


def _of_failure(name: str, error: BaseException, so_far: Mapping[str, Any]) -> Report:
    """What a step that did not come to its end leaves: a failure, and what it had done by then."""
    finding = Finding(
        check="step_ended",
        requirement=(),
        status=Status.FAIL,
        resource=name,
        message=canonical.printable(f"{name} did not come to its end: {type(error).__name__}: {error}"),
        remedy=canonical.printable(getattr(error, "remedy", ""))
        or "Look into the executed notebook; its last output is the error.",
    )
    return Report(findings=(finding,), data={**so_far, **getattr(error, "evidence", {})})
