"""Replacing a resource: the new one first, or the old one first along with whatever cannot live without it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.apply import provider_for
from runbook_lib.rehearsal.engine.plan import Diff, input_diff, with_replace_on_changes
from runbook_lib.rehearsal.engine.run import StepFailedError
from runbook_lib.rehearsal.engine.steps import Step
from runbook_lib.rehearsal.engine.urn import is_provider, provider_urn
from runbook_lib.rehearsal.engine.values import masked
from runbook_lib.rehearsal.values import UNKNOWN

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.executor import Executor
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource


class Replacements:
    """What has been replaced in this run, and what was deleted on the way and must be made again.

    Args:
        run: The running operation.
        executor: What carries steps out.
    """

    def __init__(self, run: Run, executor: Executor) -> None:
        self._run = run
        self._executor = executor
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # one at a time, or the second would not wait for what the first takes along
        self.replaced: set[str] = set()
        self._condemned: dict[str, threading.Event] = {}  # by URN: set when the deletions are over

    def deleted_on_the_way(self, old: Resource) -> bool:
        """Whether another's replacement has deleted a resource, once that is over; it shall be made again.

        Whoever registers a resource has claimed its URN before it asks here, and a replacement looks at the claims
        when it decides what must go: one of the two always sees the other.
        """
        with self._lock:
            over = self._condemned.pop(old.urn, None)
        if over is None:
            return False
        over.wait()
        return old.pending_replacement  # unless it did not come to that

    def refuse(self, old: Resource, new: Resource, diff: Diff) -> None:
        """Refuse to replace what is protected, or would not be what the program says to import.

        A preview shows it and goes on.

        Raises:
            StepFailedError: if this is no preview.
        """
        self._refuse_protected(old, new)
        if not new.import_id:
            return
        changes = "".join(f"\n{key}: {_shown(old, key)} => {_shown(new, key)}" for key in diff.replaces)
        message = (
            "previously-imported resources that still specify an ID may not be replaced; please remove the `import` "
            f"declaration from your program;{changes}"
        )
        if self._run.dry_run:
            self._run.events.diagnostic("warning", message, new.urn)
            return
        self._run.fail(message, new.urn)
        raise StepFailedError(new.urn)

    def replace(self, old: Resource, new: Resource, diff: Diff, *, delete_first: bool | None, seen: set[str]) -> None:
        """Replace a resource.

        Args:
            old: As it is.
            new: As it will be.
            diff: Why.
            delete_first: What the program says about the order; None leaves it to the provider.
            seen: URNs that are registered already, which cannot depend on this one any more.
        """
        self.replaced.add(new.urn)
        if not (diff.delete_before_replace if delete_first is None else delete_first):
            self._executor.perform(Step("create-replacement", old, new, diff), Step("replace", old, new, diff))
            return
        then = [Step("replace", old, new, diff), Step("create-replacement", old, new, diff)]
        with self._turn:
            self._delete_with_dependents(old, seen, then)
        for step in then:
            self._executor.perform_admitted(step)

    def _delete_with_dependents(self, old: Resource, seen: set[str], then: list[Step]) -> None:
        """Delete a resource after all that must go before it; nothing, if the plan does not allow that or what follows."""
        over = threading.Event()
        with self._lock:
            dependents = self._dependents(old, seen)
            self._condemned.update({dependent.urn: over for dependent in dependents})
        urns = {resource.urn for resource in (*dependents, old)}
        try:
            doomed = [resource for resource in (*reversed(dependents), old) if not resource.pending_replacement]
            deletions = [self._deletion(resource, old, urns) for resource in doomed]
            self._executor.admit(*deletions, *then)
            for step in deletions:
                self._executor.perform_admitted(step)
        finally:
            over.set()

    def _deletion(self, resource: Resource, root: Resource, urns: set[str]) -> Step:
        if resource is not root and resource.protect:
            self._run.fail(
                f'unable to replace resource "{resource.urn}" as part of replacing "{root.urn}" as it is currently '
                "marked for protection. To unprotect the resource, remove the `protect` flag from the resource in "
                f"your Pulumi program and run `pulumi up`, or use the command:\n`pulumi state unprotect '{resource.urn}'`",
                root.urn,
            )
            raise StepFailedError(resource.urn)
        return Step(
            "delete-replaced",
            resource,
            skip_provider=resource.retain_on_delete or resource.deleted_with in urns,
            notes={"pending_replacement": True},
        )

    def _refuse_protected(self, old: Resource, new: Resource) -> None:
        if old.protect and new.protect:
            self._run.fail(
                f'unable to replace resource "{new.urn}"\nas it is currently marked for protection. To unprotect the '
                "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`",
                new.urn,
                stop=not self._run.dry_run,
            )
            if not self._run.dry_run:
                raise StepFailedError(new.urn)

    def _dependents(self, root: Resource, seen: set[str]) -> list[Resource]:
        """Resources that must go before `root` does, dependencies first."""
        condemned = {root.urn}
        found = []
        for resource in self._run.base.resources:
            if resource is root or resource.delete or resource.urn in seen or resource.urn in self._condemned:
                continue
            if self._must_go(resource, condemned):
                condemned.add(resource.urn)
                found.append(resource)
        return found

    def _must_go(self, resource: Resource, condemned: set[str]) -> bool:
        """Whether a resource would be replaced if those it depends on were: its provider is asked."""
        if not resource.custom or resource.external:
            return False
        if resource.provider and provider_urn(resource.provider) in condemned:
            return True
        if resource.deleted_with in condemned or set(resource.replace_with) & condemned:
            return True
        affected = {key for key, urns in resource.property_dependencies.items() if condemned & set(urns)}
        if not affected & resource.inputs.keys() or is_provider(resource.type):
            return False
        news = {key: UNKNOWN if key in affected else value for key, value in resource.inputs.items()}
        diff = provider_for(resource, self._run).diff(
            resource.urn,
            resource.id,
            old_inputs=resource.inputs,
            old_outputs=resource.outputs,
            news=news,
            ignore=resource.ignore_changes,
        )
        if diff.changes is None:
            diff = input_diff(resource.inputs, news)
        return bool(with_replace_on_changes(diff, resource.replace_on_changes, init_errors=False).replacement)


def _shown(resource: Resource, key: str) -> str:
    value = masked(resource.inputs.get(key))
    return "{<nil>}" if value is None else f"{{{value}}}"
