"""Runs a notebook as a step of a run, and says how it ended.

A step passed only if its result file says so: that papermill returned means nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from runbook_lib import canonical, errors, files, filing, parameters, settings, settling
from runbook_lib.errors import ExitCode, NotebookError, RecordError, RunbookError
from runbook_lib.held_back import HeldBack
from runbook_lib.kernel.engine import RunbookEngine
from runbook_lib.redaction import redact
from runbook_lib.results import Status
from runbook_lib.settling import ATTEMPT_VARIABLE, token
from runbook_lib.states import State, conclude
from runbook_lib.surroundings import environment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runbook_lib.results import StepResult
    from runbook_lib.run import Run

__all__ = ["Execution", "RunbookEngine", "execute"]

PROGRESS_VARIABLE = "RUNBOOK_PROGRESS"
NOTEBOOK_TIMEOUT = {False: 4 * 3600.0, True: 1800.0}
"""Seconds a step may take, by whether AWS is emulated; on AWS the longest is a drill that stops and starts a Multi-AZ database,
each of which may take three quarters of an hour."""
GRACE = {False: 3600.0, True: 60.0}
"""Seconds that a step which was asked to stop has for saving its state, by whether AWS is emulated."""

DIED = (DeadKernelError, RuntimeError)
"""How nbclient says that the kernel died: while a cell ran, or before its first answer."""
FORESEEN = (PapermillExecutionError, CellTimeoutError, NotebookError, KeyboardInterrupt, *DIED)
"""How a notebook ends that does not come to its own end; anything else is an error of the runbook's, or of the machine."""

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
        UsageError: A parameter is unknown, missing, or of the wrong type; or an attempt of this run is at work.
        RecordError: The ledger does not hold, or the evidence cannot be written.
    """
    wanted = {**given, "environment": run.facts.environment, "run": run.facts.run}
    validated = parameters.parse(step, wanted).model_dump(mode="json", include=set(wanted))
    run.settle()
    source = settings.home() / "notebooks" / f"{step}.ipynb"
    inputs = {f"notebooks/{source.name}": canonical.file_sha256(source)} if source.exists() else {}
    with HeldBack() as signals:  # what has begun gets its end, whenever somebody interrupts
        attempt = run.begin(step, "notebook.started", parameters=validated, inputs=inputs)
        working = run.working / run.record(step, attempt, ".ipynb").name
        began = time.monotonic()
        failure: BaseException | None = None
        environment = {
            ATTEMPT_VARIABLE: token(run.facts.run, step, attempt),
            PROGRESS_VARIABLE: str(progress_file(run)),
            settings.OUTPUTS_VARIABLE: str(settings.outputs()),
        }
        try:
            with environment_of(environment), signals.let_through():
                papermill.execute_notebook(
                    source, working, validated, engine_name="runbook",
                    progress_bar=False, on_cell=on_cell, cwd=str(run.directory),
                    notebook_timeout=timeout or NOTEBOOK_TIMEOUT[run.facts.target.emulated],
                    grace=GRACE[run.facts.target.emulated],
                )  # fmt: skip
        except BaseException as error:  # noqa: BLE001 - what it was is on record below; what nobody foresaw is raised after that
            failure = error
        seconds = time.monotonic() - began
        try:
            execution = _file(run, step, attempt, working, failure, seconds)
        except RecordError as error:  # what there is stays where it was
            said = redact("\n".join(filter(None, (_text(failure, State.FAILED), error.diagnostics()))))
            execution = Execution(step, attempt, working, State.FAILED, None, said, error.exit_code, Status.UNKNOWN, seconds)
            failure = error
        run.ledger.append(
            "notebook.ended", step=step, attempt=attempt, state=execution.state, status=execution.status,
            error=execution.error, seconds=round(seconds, 3), records=filing.records(run, step, attempt),
            **filing.begun_with(run, step, attempt), **_said(run, step),
        )  # fmt: skip
    if failure is not None and not isinstance(failure, FORESEEN):
        raise failure
    return execution


def _said(run: Run, step: str) -> dict[str, Any]:
    """What the step's own end binds and the notebook's end binds once more."""
    attempt = run.latest(step)
    said = (attempt.said if attempt else None) or {}
    return {name: said[name] for name in ("plan_digest", "stack_state") if name in said}


def progress_file(run: Run) -> Path:
    """Where the kernel says what it is doing, a line at a time, for the live display."""
    return run.working / "progress"


def _file(run: Run, step: str, attempt: int, working: Path, failure: BaseException | None, seconds: float) -> Execution:
    """Move the executed notebook to its place in the record and read what the step left, through the ledger."""
    record = run.record(step, attempt, ".ipynb")
    state = _filed(run, working, record, failure)
    result, raised, text = None, _raised(failure), _text(failure, state)
    try:
        result = run.result(step)
    except RecordError as error:
        state, raised, text = (
            State.FAILED if state is State.OK else state,
            error.exit_code,
            "\n".join(filter(None, (text, error.diagnostics()))),
        )
    ended = conclude(state, result.status if result else None, raised)
    return Execution(step, attempt, record, state, result, redact(text), ended.exit_code, ended.status, seconds)


def _filed(run: Run, working: Path, record: Path, failure: BaseException | None) -> State:
    """File the notebook, whatever is left of it, and say how it ended.

    Raises:
        RecordError: It could not be filed; what there is stays where it was.
    """
    for unfinished in working.parent.glob(settling.TEMPORARY):
        unfinished.unlink()  # was to replace the working notebook, and its writing was cut short
    if not working.exists():  # nothing has begun
        return _ended_by(failure) if failure else State.NOT_RUN
    content = working.read_bytes()
    try:
        notebook = nbformat.reads(content.decode(), as_version=4)
        stated = State(notebook.metadata.runbook["state"])
    except (ValueError, AttributeError, KeyError):  # the disk was full, say: what there is goes on record as it is
        stated = State.RUNNING if failure else State.FAILED
    else:
        # papermill knows where it read and wrote; in a record that is relative to the project and to the run.
        told = notebook.metadata.get("papermill", {})
        told.update(
            {"input_path": f"notebooks/{_name(told, 'input_path')}", "output_path": record.relative_to(run.directory).as_posix()}
        )
        content = nbformat.writes(notebook).encode()
    files.write_once(record, content)
    working.unlink()
    if failure is None or stated not in {State.OK, State.NOT_RUN, State.RUNNING}:
        return stated
    return _ended_by(failure)


def _ended_by(failure: BaseException) -> State:
    """How a notebook ended that does not say so itself."""
    if isinstance(failure, DIED):
        return State.KERNEL_DIED
    return State.INTERRUPTED if isinstance(failure, KeyboardInterrupt) else State.FAILED


def _name(told: Mapping[str, Any], key: str) -> str:
    return Path(str(told.get(key, ""))).name


def _text(failure: BaseException | None, state: State) -> str:
    if isinstance(failure, PapermillExecutionError):
        return str(failure.evalue)
    if isinstance(failure, RunbookError):
        return failure.diagnostics()
    return f"The notebook ended {state.value}: {str(failure) or type(failure).__name__}" if failure else ""


def _raised(failure: BaseException | None) -> ExitCode | None:
    """The exit code of the runbook's own error that ended the notebook, if one did; papermill knows it by its class's name."""
    raised = getattr(errors, getattr(failure, "ename", ""), None)
    return raised.exit_code if isinstance(raised, type) and issubclass(raised, RunbookError) else None
