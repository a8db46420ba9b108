"""``runbook teardown`` and ``runbook unlock``: what takes something away, and says first what and where."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import chosen, kept, operations, settings, way_in
from runbook_lib.aws import Aws, Target
from runbook_lib.chosen import Source
from runbook_lib.engine import Engine
from runbook_lib.errors import ExitCode, RecordError, TargetError, UsageError
from runbook_lib.facts import operator
from runbook_lib.ledger import Ledger
from runbook_lib.run import Run
from runbook_lib.stack_lock import StackLock
from runbook_lib.tagged import configured_tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.operations import Display
    from runbook_lib.rehearsal.world import World
    from runbook_lib.stack_lock import Holder

STEP = "91_teardown"
UNLOCKED = "unlocked.jsonl"
"""A ledger beside the locks: which were removed by whom, whether or not the runs that held them are here."""
DAMAGED_BYTES = 1000
"""How much of a lock's file that cannot be read goes on record."""


def teardown(name: str, confirm: str, display: Display, ask: Callable[[str], str] | None) -> tuple[Run, ExitCode]:
    """Undo: the rehearsal that is being kept, or else the environment on AWS.

    Args:
        name: The environment.
        confirm: Its name once more; a rehearsal needs none.
        display: Is told what is there, and where, before anything else.
        ask: Asks a person for the confirmation, with a question; ``None`` where nobody can be asked.

    Raises:
        UsageError: It is not confirmed, or the rehearsal that is being kept is another environment's.
    """
    environment = settings.environment(name)
    world = kept.asked_for(by_parameter=False) or kept.kept_world()
    if world:
        return _of_rehearsal(environment, world, display)
    display.said("No rehearsal is being kept, so this is AWS.")
    try:
        with way_in.resolved(environment, to_look=True) as place:
            display.said(place.line)
            display.said(tagged(place))
    except TargetError as error:
        display.said(way_in.shown(name, Target(region=environment.region)))
        display.said(f"What is there cannot be said: {error.message}")
    if confirm != name:
        confirm = ask(f"To delete all of it, repeat the environment's name ({name})") if ask else confirm
    return operations.run_chosen(name, [STEP], {"confirm": confirm}, run_id="", reason="teardown", display=display)


def _of_rehearsal(environment: settings.Environment, world: World, display: Display) -> tuple[Run, ExitCode]:
    name, run = environment.environment, kept.newest_run(world)
    if run.facts.environment != name:
        raise UsageError(
            f"The rehearsal that is being kept ({world.endpoint}) is of {run.facts.environment}, not of {name}.",
            remedy=f"runbook teardown --environment {run.facts.environment} ends it first.",
        )
    given = {"environment": name, "confirm": name}  # it is only a rehearsal: its deletion needs no second word
    told = {STEP: chosen.choose(STEP, {}, given, dict.fromkeys(given, Source.GIVEN))}
    with way_in.enter(environment, lambda _: run, display.said, world=world) as (_, _):
        held = sum(bool(resource.get("custom")) for resource in Engine(run).resources())
        display.said(f"Its stack holds {held} resources.")
        code = operations.run_steps(run, told, display)
    if code is ExitCode.PASSED:
        world.stop()
        shutil.rmtree(world.state.file.parent)
        display.said("The emulator has been stopped.")
    return run, code


def tagged(place: way_in.Place) -> str:
    """What AWS lists of the environment's stack, by the tags that it gives to everything."""
    tags = configured_tags(place.environment.environment)
    filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
    told = ", ".join(f"{key}={value}" for key, value in sorted(tags.items()))
    try:
        pages = Aws(place.target).pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters)
        counts = Counter(str(item["ResourceARN"]).split(":")[2] for item in pages)
    except (ClientError, BotoCoreError) as error:
        return f"What is there cannot be said: {error}"
    kinds = ", ".join(f"{count} {service}" for service, count in counts.most_common())
    return f"AWS lists {counts.total()} resources that carry its tags ({told}){f': {kinds}' if kinds else ''}."


def unlock(name: str) -> list[str]:
    """Remove the locks that dead owners left on an environment's stacks.

    Each is put on record before it goes: in ``UNLOCKED`` beside the locks, and in the run that held it where that can be.

    Returns:
        What was done, a line for each lock.

    Raises:
        UsageError: There is no such environment.
        LockedError: An owner works still, or may.
        RecordError: It cannot be put on record; the lock stays.
    """
    environment = settings.environment(name).environment
    folders = (way_in.locks(), kept.folder() / kept.KEPT)
    found = [
        StackLock(folder, path.stem) for folder in folders for path in sorted(folder.glob("*.json")) if path.name != kept.STATE
    ]
    done: list[str] = []
    for lock in found:
        if _is_of(lock, environment):
            lock.clear(partial(_record, lock, done))
    return done


def _is_of(lock: StackLock, environment: str) -> bool:
    """Whether a lock is of one of the environment's stacks; its name says so where its file does not, but for the rehearsal's."""
    try:
        owner = lock.owner()
    except RecordError:
        return lock.stack == way_in.REHEARSAL or bool(re.match(rf"{re.escape(environment)}-\d*-", lock.stack))
    return owner is not None and owner.environment == environment


def _record(lock: StackLock, done: list[str], owner: Holder | None) -> None:
    facts: dict[str, Any] = {"by": operator(), "stack": lock.stack}
    if owner:
        facts["held"] = owner.model_dump(mode="json", exclude={"run", "environment", "stack"})
    else:
        facts["damaged"] = lock.path.read_bytes()[:DAMAGED_BYTES].decode(errors="replace") if lock.path.is_file() else "no file"
    way_in.locks().mkdir(parents=True, exist_ok=True)
    Ledger(way_in.locks() / UNLOCKED).append("stack.unlocked", of_run=owner.run if owner else "", **facts)
    whose = f"was held by {owner.told()}" if owner else "was held by nobody knows whom: its file is damaged"
    done.append(f"{lock.stack} {whose}; unlocked.")
    if owner and owner.run:
        try:
            Run.find(owner.run).ledger.append("stack.unlocked", **facts)
        except (UsageError, RecordError) as error:
            done.append(f"It is on record in {way_in.locks() / UNLOCKED} only: {error.message}")
