"""Refreshing: what the providers see now takes the place of what is on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.apply import provider_for, with_secret_outputs
from runbook_lib.rehearsal.engine.backend import utc_now
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.plan import input_diff, inverted
from runbook_lib.rehearsal.engine.run import StepFailedError
from runbook_lib.rehearsal.engine.steps import Step
from runbook_lib.rehearsal.engine.urn import is_provider
from runbook_lib.rehearsal.engine.values import same

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource


def refresh_all(run: Run, *, counted: bool = False, beside: AbstractSet[str] = frozenset()) -> None:
    """Read every resource that a run may touch, many at a time; what is gone leaves the record.

    Args:
        run: The running operation.
        counted: Whether the summary counts what was found: that of a refresh, not that of an update.
        beside: URNs that need no reading any more: a program has registered them.
    """
    chosen = [resource for resource in run.base.resources if run.targets.chosen(resource) and resource.urn not in beside]
    with ThreadPoolExecutor(max_workers=run.options.parallel) as pool:
        found = list(pool.map(lambda resource: _refresh(resource, run, counted=counted), chosen))
    replaced = {id(old): new for old, new in zip(chosen, found, strict=True)}
    kept = [replaced.get(id(resource), resource) for resource in run.base.resources]
    run.base.resources = [resource for resource in kept if resource is not None]
    run.journal.detach_missing()
    run.journal.commit()


def refresh_registered(old: Resource, wanted: Resource, run: Run) -> Resource | None:
    """One resource that a program registers, as it is found; None if it is gone.

    Args:
        old: As it is on record.
        wanted: As the program wants it: its provider is asked, and what the program says beside properties goes on record.
        run: The running operation.

    Raises:
        StepFailedError: if it could not be read; that has been shown.
    """
    step = Step("refresh", old, wanted)
    run.events.before(step)
    try:
        new = old if old.pending_replacement else _read(old, wanted, run)
        step.new = new
        changed = _compare(step, old, run)
    except EngineError as error:
        run.fail(str(error), wanted.urn, stop=not run.options.continue_on_error)
        run.events.failed(step)
        raise StepFailedError(wanted.urn) from error
    if new is not old:
        if new is not None:
            new.detach(run.skipped | run.left)
        run.journal.settle(old, new)
        if new is None:
            run.journal.detach_missing()
        run.journal.commit()
    _tell(step, run, changed=changed, counted=run.mode == "refresh")
    return new


def _tell(step: Step, run: Run, *, changed: bool, counted: bool) -> None:
    if counted:  # as part of an update it is no more than the base that the update starts from
        step.result = "delete" if step.new is None else "update" if changed else "same"
    run.events.after(step)
    if counted:
        run.events.count(step)


def _refresh(old: Resource, run: Run, *, counted: bool) -> Resource | None:
    """One resource as its provider sees it; None if it is gone."""
    if run.stopping.is_set():
        return old
    step = Step("refresh", old, old)
    run.events.before(step)
    try:
        read = old.custom and not is_provider(old.type) and not old.pending_replacement
        new = _read(old, old, run) if read else old
    except EngineError as error:
        run.fail(str(error), old.urn, stop=False)
        run.events.failed(step)
        return old
    except StepFailedError:
        return old
    if new is not None and _unchanged(old, new):
        new = old
    step.new = new
    changed = _compare(step, old, run)
    if new is not old:
        run.journal.exchange(old, new)
        run.journal.commit()
    _tell(step, run, changed=changed, counted=counted)
    return new


def _read(old: Resource, wanted: Resource, run: Run) -> Resource | None:
    found = provider_for(wanted, run).read(wanted.urn, old.id, old.inputs, old.outputs)
    if not found.identity:
        return None
    new = wanted.copy()
    new.id = found.identity
    new.inputs = old.inputs if found.inputs is None else found.inputs
    new.outputs = with_secret_outputs(found.outputs, new)
    new.init_errors = found.init_errors
    new.created = old.created
    new.modified = old.modified if _unchanged(old, new) else utc_now()
    for reason in found.init_errors:
        run.events.diagnostic("warning", reason, old.urn)
    return new


def _compare(step: Step, old: Resource, run: Run) -> bool:
    """Whether the cloud changed anything that somebody asked for; what, goes into the step.

    As the real engine does it: the difference is the one that an update of the unchanged program would undo, turned
    round. What only the cloud computes is taken over without being called a change. A resource that is only read
    has no program's inputs to compare with: it has changed if its outputs have, and the engine does not say where.
    """
    new = step.new
    if new is None or new is old:
        return False
    if old.external:
        return not same(old.outputs, new.outputs)
    diff = inverted(
        provider_for(new, run).diff(
            new.urn, new.id, old_inputs=new.inputs, old_outputs=new.outputs, news=old.inputs, ignore=old.ignore_changes
        )
    )
    if diff.changes is None:  # the provider leaves it to the engine
        diff = input_diff(old.inputs, new.inputs)
    step.diff = diff if diff.changes else None
    return bool(diff.changes)


def _unchanged(old: Resource, new: Resource) -> bool:
    return (
        old.id == new.id
        and same(old.outputs, new.outputs)
        and same(old.inputs, new.inputs)
        and old.init_errors == new.init_errors
    )
