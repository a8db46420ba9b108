"""What there is to see: the steps as their notebooks describe them, and how a run's steps ended."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from runbook_lib import parameters, settings
from runbook_lib.errors import UsageError
from runbook_lib.run import Run


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
    """``passed``, ``stopped``, or ``unfinished`` (running still, or crashed: the ledger has no end)."""
    directory: str
    steps: tuple[AttemptView, ...]


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
    """How a run's steps ended, from its ledger and its results."""
    events = list(run.ledger.events())
    ends = [event["event"] for event in events if event["event"] in {"run.finished", "run.stopped"}]
    state = {"run.finished": "passed", "run.stopped": "stopped"}[ends[-1]] if ends else "unfinished"
    attempts: dict[str, dict[str, Any]] = {}
    for event in events:
        if event["event"] in {"notebook.started", "step.started", "notebook.ended"}:
            attempts[event["step"]] = event
    return RunView(
        run=run.facts.run,
        environment=run.facts.environment,
        rehearsal=run.facts.rehearsal,
        state=state,
        directory=str(run.directory),
        steps=tuple(_attempt(run, name, event) for name, event in attempts.items()),
    )


def _attempt(run: Run, name: str, event: dict[str, Any]) -> AttemptView:
    result = run.result(name)
    status = event.get("status") or (result.status.value if result else "RUNNING")
    summary = result.summary() if result else event.get("error", "no result")
    return AttemptView(name=name, attempt=event["attempt"], status=status, summary=summary)
