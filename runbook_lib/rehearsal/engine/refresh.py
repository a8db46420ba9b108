"""Refreshing: what the providers see now takes the place of what is on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.apply import provider_for, with_secret_outputs
from runbook_lib.rehearsal.engine.backend import utc_now
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.plan import Diff, input_diff, inverted
from runbook_lib.rehearsal.engine.run import StepFailedError
from runbook_lib.rehearsal.engine.steps import Step
from runbook_lib.rehearsal.engine.urn import is_provider
from runbook_lib.rehearsal.engine.values import same

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource


def refresh_all(run: Run, *, counted: bool = False) -> None:
    """Read every resource that a run may touch, many at a time; what is gone leaves the record.

    Args:
        run: The running operation.
        counted: Whether the summary counts what was found: that of a refresh, not that of an update.
    """
    chosen = [
        resource
        for resource in run.base.resources
        if run.targets.chosen(resource) and not resource.delete and not resource.pending_replacement
    ]
    with ThreadPoolExecutor(max_workers=run.options.parallel) as pool:
        found = list(pool.map(lambda resource: _refresh(resource, run, counted=counted), chosen))
    replaced = {id(old): new for old, new in zip(chosen, found, strict=True)}
    gone = {old.urn for old, new in zip(chosen, found, strict=True) if new is None}
    kept = [replaced.get(id(resource), resource) for resource in run.base.resources]
    run.base.resources = [_without(resource, gone, run) for resource in kept if resource is not None]
    run.journal.commit()


def _refresh(old: Resource, run: Run, *, counted: bool) -> Resource | None:
    """One resource as its provider sees it; None if it is gone."""
    if run.stopping.is_set():
        return old
    step = Step("refresh", old, old)
    run.events.before(step)
    try:
        new = _read(old, run) if old.custom and not is_provider(old.type) else old
    except EngineError as error:
        run.fail(str(error), old.urn, stop=False)
        run.events.failed(step)
        return old
    except StepFailedError:
        return old
    if new is not None and _unchanged(old, new):
        new = old
    step.new = new
    step.diff = _drift(old, new, run) if new else None
    if counted:  # as part of an update it is no more than the base that the update starts from
        step.result = "delete" if new is None else "update" if step.diff else "same"
    if new is not old:
        run.journal.exchange(old, new)
        run.journal.commit()
    run.events.after(step)
    if counted:
        run.events.count(step)
    return new


def _read(old: Resource, run: Run) -> Resource | None:
    found = provider_for(old, run).read(old.urn, old.id, old.inputs, old.outputs)
    if not found.identity:
        return None
    new = old.copy()
    new.id = found.identity
    new.outputs = with_secret_outputs(found.outputs, old)
    if found.inputs is not None and not old.external:
        new.inputs = found.inputs
    new.init_errors = found.init_errors
    new.modified = utc_now()
    for reason in found.init_errors:
        run.events.diagnostic("warning", reason, old.urn)
    return new


def _drift(old: Resource, new: Resource, run: Run) -> Diff | None:
    """What the cloud changed, None if nothing that anybody asked for.

    As the real engine does it: the difference is the one that an update of the unchanged program would undo, turned
    round. What only the cloud computes is taken over without being called a change. A resource that is only read
    has no program's inputs to compare with, so its outputs are.
    """
    if new is old:
        return None
    if old.external:
        diff = input_diff(old.outputs, new.outputs)
    else:
        diff = inverted(
            provider_for(old, run).diff(
                old.urn, new.id, old_inputs=new.inputs, old_outputs=new.outputs, news=old.inputs, ignore=old.ignore_changes
            )
        )
        if diff.changes is None:  # the provider leaves it to the engine
            diff = input_diff(old.inputs, new.inputs)
    return diff if diff.changes else None


def _unchanged(old: Resource, new: Resource) -> bool:
    return (
        old.id == new.id
        and same(old.outputs, new.outputs)
        and same(old.inputs, new.inputs)
        and old.init_errors == new.init_errors
    )


def _without(resource: Resource, gone: set[str], run: Run) -> Resource:
    """A resource that no longer depends on what is gone, so that the record stays consistent."""
    if not resource.needs() & gone:
        return resource
    kept = resource.copy()
    kept.parent = "" if resource.parent in gone else resource.parent
    kept.dependencies = [urn for urn in resource.dependencies if urn not in gone]
    kept.property_dependencies = {
        key: [urn for urn in urns if urn not in gone] for key, urns in resource.property_dependencies.items()
    }
    kept.replace_with = [urn for urn in resource.replace_with if urn not in gone]
    kept.deleted_with = "" if resource.deleted_with in gone else resource.deleted_with
    run.journal.exchange(resource, kept)
    return kept
