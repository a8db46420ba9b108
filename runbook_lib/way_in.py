"""The one way in: environment, target, run and lock, for the command line, papermill and by hand alike.

Nobody else decides where a step goes. What was decided is shown before anything happens, and recorded with the run.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib import backends, endpoints, kept, mfa, provider_settings, redaction, settings, stack_lock
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import UsageError
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runbook_lib.rehearsal.world import World

REHEARSAL = "rehearsal"
"""What the one stack of a world is called where its lock is."""


@dataclass(frozen=True)
class Place:
    """Where steps go, and as whom."""

    environment: settings.Environment
    target: Target
    caller: str
    """The ARN that AWS, or the emulator, knows the caller by."""
    world: World | None
    """The rehearsal, where it is one."""
    run: Run | None
    """The run that was named."""

    @property
    def line(self) -> str:
        """What everybody sees first, e.g. ``staging · account 000000000000 · us-east-1 · REHEARSAL at http://127.0.0.1:4566``."""
        return shown(self.environment.environment, self.target)

    def lock(self) -> stack_lock.StackLock:
        """The lock of the stack that is here: a world holds one stack, an account one per environment, region and suffix."""
        if self.world:
            return stack_lock.StackLock(self.world.state.file.parent, REHEARSAL)
        name = self.environment.environment
        suffix = settings.stack_config(name).get("payments:suffix", "")
        return stack_lock.StackLock(settings.make(locks()), f"{name}-{self.target.account}-{self.target.region}-{suffix}")


def shown(environment: str, target: Target) -> str:
    """A target as people read it."""
    where = f"REHEARSAL at {target.endpoint}" if target.emulated else "AWS"
    account = f"account {target.account}" if target.account else "account unknown"
    return f"{environment} · {account} · {target.region} · {where}"


def locks() -> Path:
    """Where the locks of stacks on AWS are."""
    return settings.outputs() / ".locks"


@contextlib.contextmanager
def enter(
    environment: settings.Environment,
    begin: Callable[[Place], Run],
    show: Callable[[str], None],
    *,
    run: str = "",
    rehearsal: bool | None = None,
    world: World | None = None,
    wait: bool = False,
) -> Iterator[tuple[Place, Run]]:
    """Resolve where steps go, show it, and hold the stack meanwhile, in an environment that reaches that place and no other.

    Args:
        environment: The environment's file.
        begin: Gives the run where none was named.
        show: Is told the target before anything happens.
        run: A run's id; empty where none was named.
        rehearsal: Whether the rehearsal that is being kept was asked for; ``None`` where that is the named run's to say.
        world: The rehearsal that was started for this, if one was.
        wait: Whether to wait for a stack that is in use.

    Raises:
        UsageError: Something does not fit: the run is another environment's or target's, an endpoint is configured that is not
            AWS, a rehearsal is gone; or somebody else works on the stack (``LockedError``).
        TargetError: AWS does not know us.
    """
    with resolved(environment, run=run, rehearsal=rehearsal, world=world) as place:
        show(place.line)
        if world and (home := world.env.get("HOME")):  # who started it says so, and nobody else
            show(f"Your home folder cannot be used; what runs in this rehearsal has {home} instead.")
        with stack_lock.held(place.lock(), environment.environment, wait=show if wait else None) as lock:
            if lock.previous:
                show(
                    f"{lock.stack} was still locked by {lock.previous.told()}; that process is dead, and the lock is taken over."
                )
                _settled(lock.previous.run, show)
            found = place.run or begin(place)
            found.settle(tell=show)
            lock.names(found)
            yield place, found


@contextlib.contextmanager
def resolved(
    environment: settings.Environment,
    *,
    run: str = "",
    rehearsal: bool | None = None,
    world: World | None = None,
    to_look: bool = False,
) -> Iterator[Place]:
    """The place alone, in its environment, with nothing shown, held or changed; arguments and errors as ``enter``.

    ``to_look`` is for who only wants to know what is there, for which the stack's secrets are not needed.
    """
    named = Run.find(run) if run else None
    name = environment.environment
    if named and named.facts.environment != name:
        raise UsageError(f"Run {run} is of {named.facts.environment}, not of {name}.", remedy="Give its environment, or no run.")
    if world is None and named and named.facts.rehearsal and rehearsal is None:
        world = kept.of(named)
    world = world or kept.asked_for(by_parameter=bool(rehearsal))
    with contextlib.ExitStack() as inside:
        if world:
            inside.enter_context(kept.entered(world))
            target = Target(region=environment.region, endpoint=world.endpoint)
        else:
            _only_aws(environment, named)
            if not to_look:
                backends.passphrase_given(environment)
            inside.enter_context(provider_settings.entered(settings.stack_config(name)))
            target = Target(region=environment.region)
        aws = Aws(target)
        caller = aws.identity()
        if not world:
            inside.enter_context(mfa.handed_on(aws))
        place = Place(environment, target.model_copy(update={"account": account(caller)}), caller, world, named)
        _right_account(place)
        if named:
            _belongs(named, place)
        yield place


def _right_account(place: Place) -> None:
    """Refuse credentials that lead to another account than the environment is in. An emulator has one of its own."""
    wanted, found = place.environment.account, place.target.account
    if not place.world and wanted and found != wanted:
        raise UsageError(
            f"These credentials are {place.caller}, of account {found or 'unknown'}; "
            f"{place.environment.environment} is in {wanted}.",
            remedy="Use that account's credentials (AWS_PROFILE), or correct account: in the environment's file.",
        )
    if not place.world and (why := provider_settings.excluded(settings.stack_config(place.environment.environment), found)):
        raise UsageError(
            f"These credentials are {place.caller}, and of the accounts of {place.environment.environment} {why}.",
            remedy="Use another account's credentials (AWS_PROFILE), or correct the stack's configuration.",
        )


def _settled(run: str, show: Callable[[str], None]) -> None:
    """End and put on record what the run of a dead owner left; where its records are elsewhere, they are settled there."""
    for dead in Run.all():
        if dead.facts.run == run:
            dead.settle(tell=show)


def account(arn: str) -> str:
    """The account in an ARN."""
    return arn.split(":")[4] if arn.count(":") >= 5 else ""  # noqa: PLR2004 - arn:partition:service:region:account:resource


def _only_aws(environment: settings.Environment, named: Run | None) -> None:
    """Refuse what would go elsewhere than AWS, before anything is asked there."""
    name = environment.environment
    if named and named.facts.rehearsal:
        raise UsageError(
            f"Run {named.facts.run} is a rehearsal of {name}, and this goes to AWS.",
            remedy=f"Say so on purpose: rehearsal = True in a notebook, or export {kept.VARIABLE}={kept.state_file()}.",
        )
    config = settings.stack_config(name)
    if not environment.account and settings.protected(config):
        raise UsageError(
            f"{name} is protected, and {name}.yaml does not say which account it is in.",
            remedy='Say it in notebooks/parameters, as text: account: "111122223333".',
        )
    provider_settings.refuse(config, name)
    if (other := config.get("aws:region", environment.region)) != environment.region:
        raise UsageError(
            f"{name}.yaml says region: {environment.region}, and stack/Pulumi.{name}.yaml says aws:region: {other}.",
            remedy="Make them say the same.",
        )
    if odd := endpoints.strangers(settings.stack_config(name)):
        told = ", ".join(f"{where} says {url}" for where, url in odd.items())
        raise UsageError(
            f"{told}: that is not AWS, and nothing says that this is a rehearsal.",
            remedy=f"For AWS, unset it. For the rehearsal being kept: rehearsal = True in a notebook, or {kept.VARIABLE}.",
        )
    if environment.engine is EngineKind.EMBEDDED:
        raise UsageError(f"{name}.yaml says engine: embedded, which only rehearses.", remedy="runbook rehearse")


def _belongs(run: Run, place: Place) -> None:
    """Refuse a run that was made in another place."""
    recorded = run.facts.target
    if place.world and not kept.holds(place.world, run):
        raise UsageError(
            f"Run {run.facts.run} does not belong to the rehearsal at {place.world.endpoint}.", remedy="Leave the run out."
        )
    there = recorded.account or account(run.facts.caller)
    if recorded.region != place.target.region or (there and there != place.target.account):
        raise UsageError(
            f"Run {run.facts.run} is of {shown(run.facts.environment, recorded)}; this would go to {place.line}.",
            remedy="Use the credentials and the region that the run was made with, or leave the run out.",
        )


def backend() -> str:
    """The Pulumi backend of a new run on AWS."""
    return redaction.without_password(backends.current())
