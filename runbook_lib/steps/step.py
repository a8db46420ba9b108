"""The frame around every step: parameters in, ledger entries, result file out.

Whatever happens in between is on record before it is raised, whether papermill runs the notebook or a person does.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib import parameters, redaction, settings
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import InterruptedRunError
from runbook_lib.results import Finding, Status, StepResult, now
from runbook_lib.run import Run
from runbook_lib.steps.outcome import Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.engine import Engine


@dataclass(frozen=True)
class Context:
    """What a step works with; whoever calls the step brings it."""

    run: Run
    aws: Aws
    engine: Engine

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
        Path(path).write_text(redaction.redact(line) + "\n", encoding="utf-8")


def step(name: str) -> Callable[[Callable[[Context, Any], Report]], Callable[..., Outcome]]:
    """Make a function that looks into one question into the step a notebook calls.

    Args:
        name: The step's full name, e.g. ``02_plan``; its parameters' model is the one in ``parameters.STEPS``.
    """

    def decorate(look: Callable[[Context, Any], Report]) -> Callable[..., Outcome]:
        @functools.wraps(look)
        def call(**given: Any) -> Outcome:
            known = parameters.parse(name, given)
            run = current_run(known)
            attempt = run.next_attempt(name)
            started = now()
            run.ledger.append("step.started", step=name, attempt=attempt)

            def kept(report: Report) -> tuple[StepResult, Path]:
                result = StepResult(
                    step=name, attempt=attempt, started=started, finished=now(),
                    parameters=known.model_dump(mode="json"), findings=report.findings, data=dict(report.data),
                )  # fmt: skip
                return result, result.save(run.record(name, attempt, ".json"))

            try:
                report = look(Context.of(run), known)
            except BaseException as error:
                kept(_of_failure(name, error))
                interrupted = isinstance(error, KeyboardInterrupt | InterruptedRunError)
                run.ledger.append(
                    "step.interrupted" if interrupted else "step.failed",
                    step=name, attempt=attempt, error=f"{type(error).__name__}: {error}",
                )  # fmt: skip
                raise
            result, path = kept(report)
            run.ledger.append("step.finished", step=name, attempt=attempt, status=result.status)
            return Outcome(result, path, report)

        return call

    return decorate


def _of_failure(name: str, error: BaseException) -> Report:
    """What a step that did not come to its end leaves: a failure, and what it had done by then."""
    finding = Finding(
        check="step_ended",
        requirement=(),
        status=Status.FAIL,
        resource=name,
        message=f"{name} did not come to its end: {type(error).__name__}: {error}",
        remedy=getattr(error, "remedy", "") or "Look into the executed notebook; its last output is the error.",
    )
    return Report(findings=(finding,), data=getattr(error, "evidence", {}))


def current_run(known: parameters.StepParameters) -> Run:
    """The run a step belongs to: the one named, else the environment's latest unfinished one, else a new one.

    A person who opens the notebooks one after the other gets one run, as papermill does; the next day it is another one.
    """
    if known.run:
        return Run.find(known.run)
    environment = settings.environment(known.environment)
    for run in Run.all()[0]:
        fresh = now() - run.facts.started < timedelta(days=1)
        if run.facts.environment == known.environment and fresh and not run.facts.rehearsal and not _finished(run):
            return run
    return start(environment, reason="by hand, in Jupyter")


def start(environment: settings.Environment, *, reason: str, given: dict[str, dict[str, Any]] | None = None) -> Run:
    """Begin a run against AWS itself.

    Raises:
        TargetError: AWS does not know us.
    """
    target = Target(region=environment.region)
    return Run.create(
        environment=environment.environment, rehearsal=False, reason=reason, engine=environment.engine,
        caller=Aws(target).identity(), target=target, parameters=given or {},
        backend=redaction.without_password(os.environ.get("PULUMI_BACKEND_URL", "file://~")),
    )  # fmt: skip


def _finished(run: Run) -> bool:
    """Whether the run has ended, well or not: who goes on with one that stopped says so by its id."""
    return any(event["event"] in {"run.finished", "run.stopped"} for event in run.ledger.events())
