"""What the command line does: run steps in order, rehearse them all, tear down."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from runbook_lib import engine as engines
from runbook_lib import parameters, redaction, runner, settings
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import ExitCode, RunbookError, TargetError, UsageError
from runbook_lib.run import Run, tail
from runbook_lib.settings import EngineKind
from runbook_lib.steps.step import start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from runbook_lib.rehearsal.world import World
    from runbook_lib.runner import Execution

KEPT = "kept"
"""The folder of the one rehearsal that is kept."""
Given = dict[str, dict[str, Any]]
"""Parameters per step."""


class Display(Protocol):
    """Whoever shows the progress."""

    def running(self, step: str, cells: tuple[int, int], progress: Path | None = None) -> None:
        """A step is at work; ``progress`` is the file in which it says what it is doing."""

    def ended(self, execution: Execution) -> None:
        """A step has ended."""

    def said(self, line: str) -> None:
        """Something else happened."""


def given_for(steps: Sequence[str], environment: settings.Environment, options: Mapping[str, str]) -> Given:
    """Give each step what its environment's file and the command line say, and validate all of it before anything runs.

    Args:
        steps: Full step names.
        environment: Its file's ``steps`` hold parameters over the models' defaults.
        options: ``-p name=value`` options; each goes to every step that knows the name.

    Raises:
        UsageError: A parameter is unknown, missing, or of the wrong type.
    """
    unknown_steps = set(environment.steps) - set(parameters.STEPS)
    if unknown_steps:
        raise UsageError(f"{environment.environment}.yaml names steps that do not exist: {sorted(unknown_steps)}.")
    given: Given = {step: dict(environment.steps.get(step, {})) for step in steps}
    for name, value in options.items():
        if name in parameters.StepParameters.model_fields:
            raise UsageError(f"{name} is not a -p parameter here.", remedy=f"Use --{name}.")
        for step in parameters.takers(name, steps):
            given[step][name] = value
    for step in steps:
        parameters.parse(step, {**given[step], "environment": environment.environment})
    return given


def run_steps(run: Run, steps: Sequence[str], given: Given, display: Display) -> ExitCode:
    """Execute steps in order and stop at the first that does not pass."""
    code = ExitCode.ENGINE  # what an error that nobody foresaw leaves
    try:
        for step in steps:
            runner.progress_file(run).unlink(missing_ok=True)
            display.running(step, (0, 0), runner.progress_file(run))
            execution = runner.execute(run, step, given.get(step, {}), on_cell=partial(_show, display, step))
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


def run_against_aws(
    name: str, steps: Sequence[str], options: Mapping[str, str], *, run_id: str, reason: str, display: Display
) -> tuple[Run, ExitCode]:
    """Run steps against the environment's own target; ``run_id`` continues a run, empty begins one."""
    environment = settings.environment(name)
    given = given_for(steps, environment, options)
    if not os.environ.get("PULUMI_CONFIG_PASSPHRASE") and not os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        raise UsageError(
            "No passphrase for the stack's secrets.",
            remedy="Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
        )
    if why := redaction.weak_passphrase():
        raise UsageError(
            f"The passphrase for the stack's secrets is too weak: {why}. Records could not mask it.",
            remedy="Choose a random one; a stack gets another with: pulumi stack change-secrets-provider passphrase.",
        )
    if run_id:
        run = Run.find(run_id)
        if run.facts.environment != name or run.facts.rehearsal:
            kind = "a rehearsal of" if run.facts.rehearsal else "of"
            raise UsageError(f"Run {run_id} is {kind} {run.facts.environment}, and no run against AWS in {name}.")
    else:
        if environment.engine is EngineKind.EMBEDDED:
            raise UsageError(f"{name}.yaml says engine: embedded, which only rehearses.", remedy="runbook rehearse")
        run = start(environment, reason=reason, given=given)
    return run, run_steps(run, steps, given, display)


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
    given = given_for(parameters.FORWARD, environment, options)
    if engine not in set(EngineKind):
        raise UsageError(f"There is no engine {engine!r}.", remedy=f"Engines: {', '.join(EngineKind)}.")
    kind = EngineKind(engine)
    engines.command(kind)  # refuses before anything is started
    if keep and (kept := kept_world()):
        raise UsageError(f"A rehearsal is being kept already ({kept.endpoint}).", remedy="runbook teardown ends it.")
    began = time.monotonic()
    directory = _rehearsals() / (KEPT if keep else f"{os.getpid()}-{secrets.token_hex(3)}")
    with _world(directory, keep=keep, region=environment.region, port=port) as world:
        display.said(f"AWS is emulated at {world.endpoint}")
        target = Target(region=environment.region, endpoint=world.endpoint)
        run = Run.create(
            environment=name,
            rehearsal=True,
            reason=reason,
            engine=kind,
            caller=Aws(target).identity(),
            target=target,
            parameters=given,
            backend=f"file://{_made(directory / 'state')}",
        )
        with rehearsing(world, directory):
            code = run_steps(run, parameters.FORWARD, given, display)
        seconds = time.monotonic() - began
        if code is ExitCode.ENGINE and not world.alive():
            raise TargetError(
                f"The emulated AWS died during the rehearsal. Its log ends:\n{tail(directory / 'emulator.log')}",
                remedy=f"What was done until then is in {run.directory}. Rehearse again.",
            )
    return run, code, seconds


def teardown(name: str, confirm: str, display: Display) -> tuple[Run, ExitCode]:
    """Undo: the rehearsal that is being kept, or else the environment on AWS."""
    given = {"confirm": confirm}
    parameters.parse("91_teardown", {**given, "environment": name})
    kept = kept_world()
    if kept is None:
        return run_against_aws(name, ["91_teardown"], given, run_id="", reason="teardown", display=display)
    run = next((run for run in Run.all()[0] if run.facts.target.endpoint == kept.endpoint), None)
    if run is None:
        raise UsageError(
            f"The records of the rehearsal that is being kept ({kept.endpoint}) are not under {settings.outputs()}.",
            remedy=f"Set {settings.OUTPUTS_VARIABLE} to where they are, or end process {kept.state.pid}.",
        )
    with rehearsing(kept, _rehearsals() / KEPT):
        code = run_steps(run, ["91_teardown"], {"91_teardown": given}, display)
    if code is ExitCode.PASSED:
        kept.stop()
        shutil.rmtree(_rehearsals() / KEPT)
        display.said("The emulator has been stopped.")
    return run, code


def kept_world() -> World | None:
    """The rehearsal that ``rehearse --keep`` left running, if it still runs."""
    from runbook_lib.rehearsal import world

    return world.attach(_rehearsals() / KEPT / world.STATE)


@contextlib.contextmanager
def rehearsing(world: World, directory: Path) -> Iterator[None]:
    """The environment variables under which everything reaches the emulator and nothing else."""
    before = dict(os.environ)
    inside = world.environment(before) | {"PULUMI_CONFIG_PASSPHRASE": _passphrase(directory)}
    os.environ.clear()
    os.environ.update(inside)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _world(directory: Path, *, keep: bool, region: str, port: int) -> Iterator[World]:
    from runbook_lib.rehearsal import world

    with world.start(_made(directory), region=region, port=port) as found:
        yield found
        if keep:
            found.keep()
    if not keep:
        shutil.rmtree(directory)  # after an error it stays: its logs say what happened


def _passphrase(directory: Path) -> str:
    """The rehearsal stack's own passphrase: random, and gone with the rehearsal."""
    path = directory / "passphrase"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _rehearsals() -> Path:
    return settings.outputs() / ".rehearsal"


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
