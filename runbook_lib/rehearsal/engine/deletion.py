"""Deleting resources in reverse dependency order, as many at a time as the order allows."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.run import StepFailedError, Stopped
from runbook_lib.rehearsal.engine.steps import Step

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.executor import Executor
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource


def leftovers(run: Run, seen: set[str], *, everything: bool, keep_protected: bool = False) -> list[Resource]:
    """Resources to delete: replaced ones, those the program no longer has, or with `everything` all there are.

    Args:
        run: The running operation.
        seen: URNs the program has registered.
        everything: Whether this is a `destroy`.
        keep_protected: Whether protected resources stay, and what they need with them: `--exclude-protected`.
    """
    resources = run.journal.resources()
    imported = {
        id(resource) for resource in run.imported
    }  # refused where it would be replaced: a preview plans no deletion of it
    allowed = run.targets.deletable(resources) - (_needed_by_protected(resources) if keep_protected else set())
    return [
        resource
        for resource in resources
        if resource.urn in allowed
        and (everything or resource.delete or resource.pending_replacement or resource.urn not in seen)
        and not (resource.delete and id(resource) in imported)
    ]


def _spare(run: Run, executor: Executor, condemned: list[Resource], seen: set[str]) -> None:
    """Keep what targets leave out and no program has registered, and tell it as if one had."""
    going = {id(resource) for resource in condemned}
    for resource in run.journal.resources():
        if id(resource) not in going and resource.urn not in seen and not resource.delete:
            executor.perform(Step("same", resource, resource.copy(), skip_provider=True))


def _needed_by_protected(resources: list[Resource]) -> set[str]:
    kept: set[str] = set()
    for resource in reversed(resources):
        if resource.protect or resource.urn in kept:
            kept |= {resource.urn, *resource.needs()}
    return kept


def delete_all(run: Run, executor: Executor, condemned: list[Resource], seen: set[str]) -> None:
    """Delete resources; one whose dependents could not be deleted stays.

    Args:
        run: The running operation.
        executor: What carries steps out.
        condemned: What to delete.
        seen: URNs the program has registered.
    """
    if _refuse_untargeted(run, condemned) and not run.dry_run:
        return
    if run.targets.active:
        _spare(run, executor, condemned, seen)
    urns = {resource.urn for resource in condemned}
    steps = {id(resource): _step(resource, urns) for resource in condemned}
    executor.admit(*reversed(steps.values()), named=False)
    waiting = {id(resource): resource for resource in condemned}
    blockers = _blockers(condemned)
    running: dict[Future[None], Resource] = {}
    with ThreadPoolExecutor(max_workers=run.options.parallel) as pool:
        while waiting or running:
            for key in [key for key in waiting if not blockers[key]]:
                resource = waiting.pop(key)
                running[pool.submit(_delete, run, executor, steps[key])] = resource
            if not running:
                return  # what is left waits for something that could not be deleted
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                resource = running.pop(future)
                error = future.exception()
                if isinstance(error, StepFailedError | Stopped):
                    continue
                future.result()
                for others in blockers.values():
                    others.discard(id(resource))


def _blockers(condemned: list[Resource]) -> dict[int, set[int]]:
    """For each resource those that must be gone before it: whatever needs it."""
    by_urn: dict[str, list[Resource]] = {}
    for resource in condemned:
        by_urn.setdefault(resource.urn, []).append(resource)
    blockers: dict[int, set[int]] = {id(resource): set() for resource in condemned}
    for resource in condemned:
        for urn in resource.needs():
            for needed in by_urn.get(urn, []):
                blockers[id(needed)].add(id(resource))
    return blockers


def _step(resource: Resource, urns: set[str]) -> Step:
    if resource.pending_replacement:
        return Step("remove-pending-replace", resource, skip_provider=True)
    if resource.external:  # it was only read: nothing but the record of it goes
        return Step("discard-replaced" if resource.delete else "discard", resource, skip_provider=True)
    skip = resource.retain_on_delete or resource.deleted_with in urns
    return Step("delete-replaced" if resource.delete else "delete", resource, skip_provider=skip)


def _refuse_untargeted(run: Run, condemned: list[Resource]) -> list[Resource]:
    """Show what would go along with the targets without having been asked for."""
    untargeted = [] if run.targets.dependents else [item for item in condemned if not run.targets.named(item.urn)]
    for resource in untargeted:
        run.fail(
            f"Resource '{resource.urn}' will be destroyed but was not specified in --target list.\n"
            "Either include resource in --target list or pass --target-dependents to proceed.",
            resource.urn,
            stop=not run.dry_run,
        )
    return untargeted


def _delete(run: Run, executor: Executor, step: Step) -> None:
    """Carry a deletion out, unless it is of something protected: that stays with what it needs, the others go.

    Raises:
        StepFailedError: if it failed, or is of something protected.
        Stopped: if the run is stopping, and it was not begun.
    """
    resource = step.state
    if not resource.protect or step.op != "delete":
        executor.perform_admitted(step)
        return
    run.events.before(step)
    run.fail(
        f"{'Preview failed: ' if run.dry_run else ''}"
        f'resource "{resource.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either '
        "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the "
        f"command:\n`pulumi state unprotect '{resource.urn}'`",
        resource.urn,
        stop=False,
    )
    run.events.failed(step)
    raise StepFailedError(resource.urn)
