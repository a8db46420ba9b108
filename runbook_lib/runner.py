"""Runs a notebook as a step of a run, and says how it ended.

A step passed only if its result file says so: that papermill returned means nothing.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from runbook_lib import errors, files, parameters, settings
from runbook_lib.errors import ExitCode, NotebookError, RunbookError
from runbook_lib.kernel.engine import RunbookEngine
from runbook_lib.redaction import redact
from runbook_lib.results import Status, StepResult
from runbook_lib.run import ATTEMPT_VARIABLE
from runbook_lib.states import State, conclude

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runbook_lib.run import Run

__all__ = ["Execution", "RunbookEngine", "execute"]

PROGRESS_VARIABLE = "RUNBOOK_PROGRESS"
NOTEBOOK_TIMEOUT = {False: 4 * 3600.0, True: 1800.0}
"""Seconds a step may take, by whether AWS is emulated; on AWS the longest is a drill that stops and starts a Multi-AZ database,
each of which may take three quarters of an hour."""
GRACE = {False: 3600.0, True: 60.0}
"""Seconds that a step which was asked to stop has for saving its state, by whether AWS is emulated."""

# The entry point serves papermill's own command line; a checkout that is not installed still gets the engine.
papermill_engines.register("runbook", RunbookEngine)


@dataclass(frozen=True)
class Execution:
    """How one attempt at a step ended."""

    step: str
    attempt: int
    notebook: Path
    state: State
    result: StepResult | None
    error: str
    exit_code: ExitCode
    status: Status
    seconds: float


def execute(
    run: Run,
    step: str,
    given: Mapping[str, Any],
    *,
    timeout: float | None = None,
    on_cell: Callable[[int, int], None] = lambda _index, _cells: None,
) -> Execution:
    """Execute one step's notebook and file the evidence.

    Args:
        run: The run it belongs to.
        step: The step's full name.
        given: Parameters for the notebook, validated before a kernel starts.
        timeout: Seconds the notebook may take; by default what ``NOTEBOOK_TIMEOUT`` gives it.
        on_cell: Called with (cells done, cells in all) after each cell.

    Raises:
        UsageError: A parameter is unknown, missing, or of the wrong type.
    """
    wanted = {**given, "environment": run.facts.environment, "run": run.facts.run}
    validated = parameters.parse(step, wanted).model_dump(mode="json", include=set(wanted))
    attempt = run.next_attempt(step)
    working = run.working / f"{run.record(step, attempt, '').name}.ipynb"
    run.ledger.append("notebook.started", step=step, attempt=attempt, parameters=validated)
    began = time.monotonic()
    failure: BaseException | None = None
    environment = {
        ATTEMPT_VARIABLE: str(attempt),
        PROGRESS_VARIABLE: str(progress_file(run)),
        settings.OUTPUTS_VARIABLE: str(settings.outputs()),
    }
    try:
        with environment_of(environment):
            papermill.execute_notebook(
                settings.home() / "notebooks" / f"{step}.ipynb", working, validated, engine_name="runbook",
                progress_bar=False, on_cell=on_cell, cwd=str(run.directory),
                notebook_timeout=timeout or NOTEBOOK_TIMEOUT[run.facts.target.emulated],
                grace=GRACE[run.facts.target.emulated],
            )  # fmt: skip
    except (PapermillExecutionError, CellTimeoutError, DeadKernelError, NotebookError, KeyboardInterrupt) as error:
        failure = error
    except RuntimeError as error:  # nbclient: the kernel died before its first answer
        failure = error
    execution = _file(run, step, attempt, working, failure, time.monotonic() - began)
    run.ledger.append(
        "notebook.ended", step=step, attempt=attempt, state=execution.state, status=execution.status,
        error=execution.error, seconds=round(execution.seconds, 3),
    )  # fmt: skip
    return execution


def progress_file(run: Run) -> Path:
    """Where the kernel says what it is doing, a line at a time, for the live display."""
    return run.working / "progress"


def _file(run: Run, step: str, attempt: int, working: Path, failure: BaseException | None, seconds: float) -> Execution:
    """Move the executed notebook to its place in the record and read what the step left."""
    notebook = nbformat.read(working, as_version=4)
    stated = State(notebook.metadata.runbook["state"])
    state = State.KERNEL_DIED if failure and stated in {State.OK, State.NOT_RUN} else stated
    record = run.record(step, attempt, ".ipynb")
    files.write_once(record, working.read_bytes())
    working.unlink()
    path = run.record(step, attempt, ".json")
    result = StepResult.load(path) if path.exists() else None
    ended = conclude(state, result.status if result else None, _raised(failure))
    return Execution(step, attempt, record, state, result, redact(_text(failure, state)), ended.exit_code, ended.status, seconds)


def _text(failure: BaseException | None, state: State) -> str:
    if isinstance(failure, PapermillExecutionError):
        return str(failure.evalue)
    if isinstance(failure, RunbookError):
        return failure.diagnostics()
    return f"The notebook ended {state.value}: {failure}" if failure else ""


def _raised(failure: BaseException | None) -> ExitCode | None:
    """The exit code of the runbook's own error that ended the notebook, if one did; papermill knows it by its class's name."""
    raised = getattr(errors, getattr(failure, "ename", ""), None)
    return raised.exit_code if isinstance(raised, type) and issubclass(raised, RunbookError) else None


@contextmanager
def environment_of(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables for the kernel, taken back afterwards."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
