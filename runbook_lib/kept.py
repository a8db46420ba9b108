"""The rehearsal that is being kept, and how it is reached: on purpose, never by accident."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_lib import settings
from runbook_lib.errors import UsageError
from runbook_lib.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.world import World

KEPT = "kept"
"""The folder of the one rehearsal that is kept."""
STATE = "world.json"
VARIABLE = "RUNBOOK_REHEARSAL"
"""Names the state file of the rehearsal that everything started from this shell goes to."""

_entered: list[World] = []


def folder() -> Path:
    """Where rehearsals have their logs and states while they run."""
    return settings.outputs() / ".rehearsal"


def state_file() -> Path:
    """The state file of the rehearsal that is being kept, if one is."""
    return folder() / KEPT / STATE


def kept_world() -> World | None:
    """The rehearsal that ``rehearse --keep`` left running, if it still runs."""
    return _attached(state_file())


def asked_for(*, by_parameter: bool) -> World | None:
    """The rehearsal that was asked for: by the variable, or by the parameter ``rehearsal``; ``None`` if none was.

    Raises:
        UsageError: It no longer runs.
    """
    named = os.environ.get(VARIABLE, "")
    if not named and not by_parameter:
        return None
    file = Path(named).absolute() if named else state_file()
    world = _attached(file)
    if world is None:
        why = f"{VARIABLE} names the rehearsal {file.parent}, which is gone" if named else "No rehearsal is being kept"
        raise UsageError(f"{why}.", remedy=f"runbook rehearse --keep makes one; for AWS, leave {VARIABLE} and rehearsal out.")
    return world


def of(run: Run) -> World:
    """The rehearsal that a run was made in.

    Raises:
        UsageError: It no longer runs.
    """
    for world in filter(None, (_attached(Path(os.environ.get(VARIABLE) or state_file())), kept_world())):
        if holds(world, run):
            return world
    raise UsageError(
        f"Run {run.facts.run} is a rehearsal, and the emulated AWS it was made in ({run.facts.target.endpoint}) is gone.",
        remedy="runbook rehearse --keep makes one that stays until runbook teardown.",
    )


def holds(world: World, run: Run) -> bool:
    """Whether a run was made in this very world: addresses are used again, and clocks are set."""
    return bool(world.state.name) and run.facts.world == world.state.name


def newest_run(world: World) -> Run:
    """The latest run made in a world.

    Raises:
        UsageError: Its records are not here.
    """
    for run in Run.all():
        if holds(world, run):
            return run
    raise UsageError(
        f"The records of the rehearsal at {world.endpoint} are not under {settings.outputs()}.",
        remedy=f"Set {settings.OUTPUTS_VARIABLE} to where they are, or end process {world.state.pid}.",
    )


@contextlib.contextmanager
def rehearsing(world: World, directory: Path) -> Iterator[None]:
    """The environment variables under which everything reaches the emulator and nothing else.

    Args:
        world: The rehearsal.
        directory: Holds the passphrase of its stack.
    """
    before = dict(os.environ)
    inside = world.environment(before) | {
        "PULUMI_CONFIG_PASSPHRASE": _passphrase(directory),
        VARIABLE: str(world.state.file),
    }
    os.environ.clear()
    os.environ.update(inside)
    _entered.append(world)
    try:
        yield
    finally:
        _entered.pop()
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def entered(world: World) -> Iterator[None]:
    """``rehearsing``, unless this process is in that world already."""
    if any(each.state == world.state for each in _entered):
        yield
        return
    with rehearsing(world, world.state.file.parent):
        yield


def _attached(file: Path) -> World | None:
    if not file.exists():
        return None  # asked before the import: who runs against AWS need not have installed a rehearsal
    from runbook_lib.rehearsal import world

    return world.attach(file)


def _passphrase(directory: Path) -> str:
    """The rehearsal stack's own passphrase: random, and gone with the rehearsal."""
    path = directory / "passphrase"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    return path.read_text(encoding="utf-8")
