"""``runbook teardown`` and ``runbook unlock``: what takes something away, and says first what and where."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import chosen, kept, operations, settings, way_in
from runbook_lib.aws import Aws, Target
from runbook_lib.chosen import Source
from runbook_lib.engine import Engine
from runbook_lib.errors import ExitCode, TargetError, UsageError
from runbook_lib.facts import operator
from runbook_lib.run import Run
from runbook_lib.stack_lock import StackLock
from runbook_lib.steps.teardown import _configured_tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.operations import Display
    from runbook_lib.rehearsal.world import World

STEP = "91_teardown"


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
    if confirm != name:
        try:
            with way_in.resolved(environment, to_look=True) as place:
                display.said(place.line)
                display.said(tagged(place))
        except TargetError as error:
            display.said(way_in.shown(name, Target(region=environment.region)))
            display.said(f"What is there cannot be said: {error.message}")
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
    tags = _configured_tags(place.environment.environment)
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
    """Remove the locks that dead owners left on an environment's stacks, on record in the runs that held them.

    Returns:
        What was done, a line for each lock.

    Raises:
        UsageError: There is no such environment.
        LockedError: An owner works still, or may.
    """
    environment = settings.environment(name).environment
    folders = (way_in.locks(), kept.folder() / kept.KEPT)
    found = [
        StackLock(folder, path.stem) for folder in folders for path in sorted(folder.glob("*.json")) if path.name != kept.STATE
    ]
    done = []
    for lock in found:
        owner = lock.owner()
        if owner is None or owner.environment != environment or (owner := lock.clear()) is None:
            continue
        if owner.run:
            facts = owner.model_dump(mode="json", exclude={"run", "environment", "stack"})
            Run.find(owner.run).ledger.append("stack.unlocked", by=operator(), stack=lock.stack, held=facts)
        done.append(f"{lock.stack} was held by {owner.told()}; unlocked.")
    return done
