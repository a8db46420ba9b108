"""From what a resource is to what it shall be: check, diff, decide, and have the steps carried out."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.ignored import with_ignored
from runbook_lib.rehearsal.engine.plan import Diff, decide, input_diff, with_replace_on_changes
from runbook_lib.rehearsal.engine.registry import INTERNAL
from runbook_lib.rehearsal.engine.replacement import Replacements
from runbook_lib.rehearsal.engine.run import StepFailedError
from runbook_lib.rehearsal.engine.steps import Step
from runbook_lib.rehearsal.engine.urn import STACK_TYPE, is_provider, package_of, provider_urn
from runbook_lib.rehearsal.engine.values import masked, same

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.executor import Executor
    from runbook_lib.rehearsal.engine.goal import Goal
    from runbook_lib.rehearsal.engine.registry import AnyProvider
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.values import Properties

SEED_BYTES = 32


class Reconciler:
    """Decides about one resource at a time.

    Args:
        run: The running operation.
        executor: What carries steps out.
    """

    def __init__(self, run: Run, executor: Executor) -> None:
        self._run = run
        self._executor = executor
        self.replacements = Replacements(run, executor)

    def bring_about(
        self, new: Resource, old: Resource | None, goal: Goal, seen: set[str], *, recreating: bool = False
    ) -> Resource:
        """Bring a resource from what it is to what it shall be; the state that results.

        Args:
            new: As the program wants it.
            old: As it is; None if there is none.
            goal: What the program said.
            seen: URNs that are registered already.
            recreating: Whether the old one has been deleted on the way to another's replacement.
        """
        if imports := _imports(goal, old):
            old, recreating = self._import(new, old, goal), False
        provider = self._provider(new)
        wanted, seed = new.inputs, self._run.planning.seed(new.urn) or os.urandom(SEED_BYTES)
        # There is nothing to keep or to compare with in what is made anew.
        anew = old is None or recreating or old.external or self._requested(old, new)
        if recreating and old is not None and new not in self._run.targets:
            new.inputs = old.inputs  # made again as it was: the program's changes are for another run
        elif anew or old is None:
            new.inputs = self._checked(new, provider, {}, wanted, seed)
        else:
            kept, told = with_ignored(old.inputs, wanted, new.ignore_changes)
            if told:
                listed = json.dumps(", ".join(told), ensure_ascii=False)
                message = f"cannot ignore changes in added or removed elements of the path: {listed}"
                self._run.events.diagnostic("info", message, new.urn)
            new.inputs = self._checked(new, provider, old.inputs, kept, seed)
        with self._run.within_plan():
            self._run.planning.register(goal, new, old, anew=anew, seed=seed)
        if old is None:
            self._executor.perform(Step("create", None, new))
            return new
        if recreating:
            self.replacements.replaced.add(new.urn)
            self._executor.perform(Step("replace", old, new), Step("create-replacement", old, new))
            return new
        if old.external:
            self._executor.perform(Step("create-replacement", old, new), Step("replace", old, new))
            return new
        forced = self._forced(old, new)
        diff = Diff(changes=True, replaces=forced) if forced else self._diff(old, new, provider)
        diff = with_replace_on_changes(diff, new.replace_on_changes, init_errors=bool(old.init_errors))
        decision = decide(old, diff, forced=bool(forced))
        if decision == "same":
            if imports:
                return old
            self._executor.perform(Step("same", old, new))
            return new
        if decision == "update":
            self._executor.perform(Step("update", old, new, diff))
            return new
        self.replacements.refuse(old, new, diff)
        if not anew:
            new.inputs = self._checked(new, provider, {}, wanted, seed)
        self.replacements.replace(old, new, diff, delete_first=goal.delete_before_replace, seen=seen)
        return new

    def _requested(self, old: Resource, new: Resource) -> bool:
        """Whether somebody asked for a replacement, on the command line or by a taint."""
        return self._run.targets.must_replace(new.urn) or old.taint

    def _provider(self, new: Resource) -> AnyProvider | None:
        if not new.custom:
            return None
        if is_provider(new.type):
            return self._run.registry.open(new.urn, package_of(new.type))
        return self._run.registry.ensure(new.provider, self._run.provider_state(new.provider))

    def _checked(
        self, new: Resource, provider: AnyProvider | None, olds: Properties, news: Properties, seed: bytes
    ) -> Properties:
        if provider is None:
            return news
        internal = {key: item for key, item in news.items() if key == INTERNAL}
        plain = {key: item for key, item in news.items() if key != INTERNAL}
        inputs, failures = provider.check(new.urn, olds, plain, seed, config=is_provider(new.type))
        for failure in failures:
            place = f": property {failure.property} value {masked(plain.get(failure.property))!r}" if failure.property else ""
            name = new.urn.rsplit("::", 1)[1]
            self._run.fail(f"{new.type} resource '{name}'{place} has a problem: {failure.reason}", new.urn)
        if failures:
            raise StepFailedError(new.urn)
        return inputs | internal

    def _forced(self, old: Resource, new: Resource) -> list[str]:
        """Reasons other than properties to replace a resource."""
        if self._requested(old, new):
            return ["id"]
        if set(new.replace_with) & self.replacements.replaced:
            return ["replaceWith"]
        if new.deleted_with and new.deleted_with in self.replacements.replaced:
            return ["deletedWith"]
        if new.custom and not is_provider(new.type) and provider_urn(old.provider) != provider_urn(new.provider):
            both_default = "::default" in old.provider and "::default" in new.provider
            same_package = package_of(old.type) == package_of(new.type)
            if not (both_default and same_package):
                return ["provider"] if self._provider_matters(old, new) else []
        if old.replacement_trigger is not None and not same(old.replacement_trigger, new.replacement_trigger):
            return ["replacementTrigger"]
        return []

    def _provider_matters(self, old: Resource, new: Resource) -> bool:
        """Whether moving to another provider resource replaces: only if the two are configured differently."""
        before, after = self._run.provider_state(old.provider), self._run.provider_state(new.provider)
        if before is None or after is None:
            return True
        diff = self._run.registry.get(new.provider).diff(
            after.urn,
            before.id,
            old_inputs=before.inputs,
            old_outputs=before.outputs,
            news=after.inputs,
            ignore=[],
            config=True,
        )
        return bool(diff.replaces)

    def _diff(self, old: Resource, new: Resource, provider: AnyProvider | None) -> Diff:
        if provider is None:
            if new.type == STACK_TYPE:
                return Diff(changes=False)
            diff = input_diff(old.inputs, new.inputs)
            return Diff(changes=diff.changes)
        diff = provider.diff(
            new.urn,
            old.id,
            old_inputs=old.inputs,
            old_outputs=old.outputs,
            news=new.inputs,
            ignore=new.ignore_changes,
            config=is_provider(new.type),
        )
        return input_diff(old.inputs, new.inputs) if diff.changes is None else diff

    def _import(self, new: Resource, old: Resource | None, goal: Goal) -> Resource:
        """Adopt a resource that exists, as it is found; what the program wants of it comes after."""
        found = new.copy()
        found.id = goal.import_id
        self._run.imported.append(found)
        if old is None or old.pending_replacement:
            self._executor.perform(Step("import", old, found))
        else:
            self._executor.perform(Step("import-replacement", old, found), Step("replace", old, found))
        return found


def _imports(goal: Goal, old: Resource | None) -> bool:
    """Whether the program names an existing resource that the stack does not own yet."""
    if not (goal.custom and goal.import_id):
        return False
    return old is None or old.external or goal.import_id != (old.import_id or old.id)
