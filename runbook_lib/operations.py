"""What the command line does: run steps in order, rehearse them all."""

from __future__ import annotations

import contextlib
import importlib
import os
import secrets
import shutil
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from runbook_lib import by_hand, chosen, kept, parameters, settings, way_in
from runbook_lib import engine as engines
from runbook_lib.chosen import Source
from runbook_lib.errors import ExitCode, RunbookError, TargetError, UsageError
from runbook_lib.kept import KEPT, kept_world, rehearsing
from runbook_lib.run import Run, tail
from runbook_lib.settings import EngineKind
from runbook_lib.surroundings import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from runbook_lib.chosen import Chosen
    from runbook_lib.rehearsal.world import World
    from runbook_lib.runner import Execution

__all__ = ["KEPT", "kept_world", "rehearse", "rehearsing", "run_chosen", "run_steps"]

INSTEAD = {
    "environment": "Use --environment.",
    "run": "Use --run.",
    "rehearsal": f"runbook run --run takes a rehearsal's run; a new one there begins with {kept.VARIABLE} set.",
}
"""What the command line has in place of the parameters that every step takes."""


class Display(Protocol):
    """Whoever shows the progress."""

    def running(self, step: str, cells: tuple[int, int], progress: Path | None = None) -> None:
        """A step is at work; ``progress`` is the file in which it says what it is doing."""

    def ended(self, execution: Execution) -> None:
        """A step has ended."""

    def said(self, line: str) -> None:
        """Something else happened."""


def chosen_for(steps: Sequence[str], environment: settings.Environment, options: Mapping[str, str]) -> dict[str, Chosen]:
    """Decide what each step is told, and validate all of it before anything runs.

    Args:
        steps: Full step names.
        environment: Its file's ``steps`` hold parameters over the models' defaults.
        options: ``-p name=value`` options; each goes to every step that knows the name.

    Raises:
        UsageError: A parameter is unknown, missing, misdirected, or of the wrong type.
    """
    given: dict[str, dict[str, Any]] = {step: {} for step in steps}
    for name, value in options.items():
        if name in parameters.StepParameters.model_fields:
            raise UsageError(f"{name} is not a -p parameter here.", remedy=INSTEAD[name])
        for step in parameters.takers(name, steps):
            given[step][name] = value
    everyone = {"environment": environment.environment}
    return {
        step: chosen.choose(
            step, chosen.of_file(step, environment), {**of_step, **everyone}, dict.fromkeys([*of_step, *everyone], Source.GIVEN)
        )
        for step, of_step in given.items()
    }


def run_steps(run: Run, told: Mapping[str, Chosen], display: Display) -> ExitCode:
    """Execute steps in order and stop at the first that does not pass."""
    from runbook_lib import runner

    code = ExitCode.ENGINE
    try:
        for step, what in told.items():
            code = ExitCode.ENGINE  # what an error that nobody foresaw leaves, whatever the step before came to
            runner.progress_file(run).unlink(missing_ok=True)
            display.running(step, (0, 0), runner.progress_file(run))
            given = {**what.over_defaults(), "rehearsal": run.facts.rehearsal}
            with environment_of(chosen.saying(what.sources)):
                execution = runner.execute(run, step, given, on_cell=partial(_show, display, step))
            display.ended(execution)
            code = execution.exit_code
            if code is not ExitCode.PASSED:
                break
    except (RunbookError, KeyboardInterrupt) as error:
        code = getattr(error, "exit_code", ExitCode.INTERRUPTED)  # between two steps, where no notebook tells
        raise
    finally:
        run.ledger.append("run.finished" if code is ExitCode.PASSED else "run.stopped", exit_code=int(code))
    return code


def _show(display: Display, step: str, done: int, cells: int) -> None:
    display.running(step, (done, cells))


def run_chosen(
    name: str, steps: Sequence[str], options: Mapping[str, str], *, run_id: str, reason: str, display: Display, wait: bool = False
) -> tuple[Run, ExitCode]:
    """Run steps where the environment is, or in the rehearsal that was asked for; ``run_id`` continues a run."""
    environment = settings.environment(name)
    told = chosen_for(steps, environment, options)
    begin = partial(by_hand.begin, reason=reason, given=_given(told))
    with way_in.enter(environment, begin, display.said, run=run_id, wait=wait) as (place, run):
        if run_id:
            run.continued(reason, place.caller)
        return run, run_steps(run, told, display)


def rehearse(
    name: str, options: Mapping[str, str], *, keep: bool, engine: str, port: int, reason: str, display: Display
) -> tuple[Run, ExitCode, float]:
    """Run every forward step against an emulated AWS on this machine.

    Returns:
        The run, what it exits with, and the seconds from the emulator's start to the last record.

    Raises:
        UsageError: Parameters are wrong, or a rehearsal is still being kept.
        TargetError: The emulator did not start, or died.
    """
    environment = settings.environment(name)
    told = chosen_for(parameters.FORWARD, environment, options)
    if engine not in set(EngineKind):
        raise UsageError(f"There is no engine {engine!r}.", remedy=f"Engines: {', '.join(EngineKind)}.")
    kind = EngineKind(engine)
    if kind is not EngineKind.EMBEDDED:
        engines.command(kind)  # refuses before anything is started
    if keep and (running := kept_world()):
        raise UsageError(f"A rehearsal is being kept already ({running.endpoint}).", remedy="runbook teardown ends it.")
    began = time.monotonic()
    directory = kept.folder() / (KEPT if keep else f"{os.getpid()}-{secrets.token_hex(3)}")

    def begin(place: way_in.Place) -> Run:
        return Run.create(
            environment=name, rehearsal=True, reason=reason, engine=kind, caller=place.caller, target=place.target,
            world=world.state.name, parameters=_given(told), backend=f"file://{_made(directory / 'state')}",
        )  # fmt: skip

    with _world(directory, keep=keep, region=environment.region, port=port) as world:
        with way_in.enter(environment, begin, display.said, world=world) as (_, run):
            code = run_steps(run, told, display)
        seconds = time.monotonic() - began
        if code is ExitCode.ENGINE and not world.alive():
            raise TargetError(
                f"The emulated AWS died during the rehearsal. Its log ends:\n{tail(directory / 'emulator.log')}",
                remedy=f"What was done until then is in {run.directory}. Rehearse again.",
            )
    return run, code, seconds


def _given(told: Mapping[str, Chosen]) -> dict[str, dict[str, Any]]:
    return {step: what.over_defaults() for step, what in told.items()}


@contextlib.contextmanager
def _world(directory: Path, *, keep: bool, region: str, port: int) -> Iterator[World]:
    from runbook_lib.rehearsal import world

    # papermill and what it brings take as long to import as the world to come up.
    meanwhile = partial(importlib.import_module, "runbook_lib.runner")
    with world.start(_made(directory), region=region, port=port, meanwhile=meanwhile) as found:
        yield found
        if keep:
            found.keep()
    if not keep:
        shutil.rmtree(directory)  # after an error it stays: its logs say what happened


def _made(path: Path) -> Path:
    return settings.make(path)
