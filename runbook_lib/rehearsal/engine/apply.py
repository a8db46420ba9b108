"""Carrying one step out, at its provider."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.backend import utc_now
from runbook_lib.rehearsal.engine.errors import PartialCreateError, ProviderError
from runbook_lib.rehearsal.engine.urn import is_provider
from runbook_lib.rehearsal.engine.values import Properties
from runbook_lib.rehearsal.values import Secret
from runbook_lib.signatures import UNKNOWN_ID

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.registry import AnyProvider
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.steps import Step


def apply(step: Step, run: Run) -> None:
    """Do what a step says and fill in the state that results.

    Raises:
        ProviderError: if the provider refuses; a `PartialCreateError` leaves the state that exists in `step.new`.
    """
    actions = {
        "same": _same,
        "create": _create,
        "create-replacement": _create,
        "update": _update,
        "delete": _delete,
        "delete-replaced": _delete,
        "read": _read,
        "read-replacement": _read,
        "import": _read,
        "import-replacement": _read,
    }
    if action := actions.get(step.op):
        action(step, run)


def provider_for(resource: Resource, run: Run) -> AnyProvider:
    """The configured provider of a resource."""
    return run.registry.ensure(resource.provider, run.provider_state(resource.provider))


def _same(step: Step, run: Run) -> None:
    old, new = step.old, step.new
    assert old is not None and new is not None, "unchanged means that there is a before and an after"  # noqa: S101, PT018
    new.id, new.created, new.modified = old.id, old.created, old.modified
    new.outputs = with_secret_outputs(old.outputs, new) if new.custom else old.outputs
    if is_provider(new.type) and not step.skip_provider:
        run.registry.configure(new.urn, new.id, new.inputs)


def _create(step: Step, run: Run) -> None:
    new = step.new
    assert new is not None, "a creation has an after"  # noqa: S101
    if is_provider(new.type):
        new.id = UNKNOWN_ID if run.dry_run else str(uuid.uuid4())
        run.registry.configure(new.urn, new.id, new.inputs)
        new.outputs = {key: value for key, value in new.inputs.items() if key != "__internal"}
    elif new.custom:
        provider = provider_for(new, run)
        if not run.dry_run or (provider.previews and provider.configured):
            timeout = new.custom_timeouts.get("create", 0)
            try:
                new.id, outputs = provider.create(new.urn, new.inputs, timeout=timeout, preview=run.dry_run)
            except PartialCreateError as error:
                _adopt_partial(new, error)
                raise
            new.outputs = with_secret_outputs(outputs, new)
    new.created = new.modified = utc_now()
    new.init_errors = []


def _update(step: Step, run: Run) -> None:
    old, new = step.old, step.new
    assert old is not None and new is not None, "an update has a before and an after"  # noqa: S101, PT018
    new.id, new.created = old.id, old.created
    if is_provider(new.type):
        run.registry.configure(new.urn, new.id, new.inputs)
        new.outputs = {key: value for key, value in new.inputs.items() if key != "__internal"}
    elif new.custom:
        provider = provider_for(new, run)
        new.outputs = {}
        if not run.dry_run or (provider.previews and provider.configured):
            try:
                outputs = provider.update(
                    new.urn,
                    old.id,
                    old_inputs=old.inputs,
                    old_outputs=old.outputs,
                    news=new.inputs,
                    ignore=new.ignore_changes,
                    timeout=new.custom_timeouts.get("update", 0),
                    preview=run.dry_run,
                )
            except PartialCreateError as error:
                _adopt_partial(new, error)
                raise
            new.outputs = with_secret_outputs(outputs, new)
    else:
        new.outputs = old.outputs
    new.modified, new.init_errors = utc_now(), []


def _delete(step: Step, run: Run) -> None:
    old = step.old
    assert old is not None, "a deletion has a before"  # noqa: S101
    if run.dry_run or step.skip_provider or not old.custom or is_provider(old.type):
        return
    provider = provider_for(old, run)
    provider.delete(old.urn, old.id, old.inputs, old.outputs, timeout=old.custom_timeouts.get("delete", 0))


def _read(step: Step, run: Run) -> None:
    new = step.new
    assert new is not None, "a read has an after"  # noqa: S101
    if new.id == UNKNOWN_ID:
        return
    importing = step.op.startswith("import")
    found = provider_for(new, run).read(new.urn, new.id, {} if importing else new.inputs, {})
    if not found.identity:
        raise ProviderError(f"resource '{new.id}' does not exist")
    new.id = found.identity
    new.outputs = with_secret_outputs(found.outputs, new)
    if importing:
        if found.inputs is None:
            raise ProviderError(f"provider does not support importing resources of type {new.type}")
        new.inputs = found.inputs
        new.created = utc_now()
    new.init_errors = found.init_errors
    new.modified = utc_now()


def with_secret_outputs(outputs: Properties, resource: Resource) -> Properties:
    """Outputs with those wrapped that are secret: by `additional_secret_outputs`, or as the input of the same name is.

    A provider may give a secret that it was given back in clear.
    """
    secret = {*resource.additional_secret_outputs, *(key for key, value in resource.inputs.items() if isinstance(value, Secret))}
    return {key: Secret(value) if key in secret and not isinstance(value, Secret) else value for key, value in outputs.items()}


def _adopt_partial(new: Resource, error: PartialCreateError) -> None:
    new.id = error.identity
    new.outputs = with_secret_outputs(error.outputs, new)
    if error.inputs is not None:
        new.inputs = error.inputs
    new.init_errors = error.reasons or [str(error)]
    new.created = new.created or utc_now()
    new.modified = utc_now()
