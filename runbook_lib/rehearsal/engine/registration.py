"""Registering a resource: from what the program wants to what is done about it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.aliases import alias_urns
from runbook_lib.rehearsal.engine.default_providers import DefaultProviders, with_version
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.goal import Goal, inheriting
from runbook_lib.rehearsal.engine.outcomes import Outcomes
from runbook_lib.rehearsal.engine.reconcile import Reconciler
from runbook_lib.rehearsal.engine.run import StepFailedError, Stopped
from runbook_lib.rehearsal.engine.state import Resource
from runbook_lib.rehearsal.engine.steps import Step
from runbook_lib.rehearsal.engine.urn import is_provider, make_urn, package_of

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.executor import Executor
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.values import Properties


class Registrar:
    """Decides about resources as the program registers them, many at a time, and has the steps carried out.

    Args:
        run: The running operation.
        executor: What carries steps out.
    """

    def __init__(self, run: Run, executor: Executor) -> None:
        self._run = run
        self._executor = executor
        self._old = run.base.live()
        self._reconciler = Reconciler(run, executor)
        self._outcomes = Outcomes(run, executor)
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self._aliases: dict[str, list[str]] = {}  # by URN: all that it may have had
        self._aliased: dict[str, str] = {}  # by URN that a resource had: the one that it has now
        self._defaults = DefaultProviders(run, self.register)

    @property
    def seen(self) -> set[str]:
        """URNs of all resources the program has registered, and of those that aliases made them."""
        return self._seen

    def rebase(self) -> None:
        """Start over from the deployment, which a refresh has changed."""
        self._old = self._run.base.live()

    def register(self, goal: Goal) -> Resource:
        """Bring one resource to what the program wants; the state that results.

        Raises:
            EngineError: if the registration itself is wrong.
            Stopped: if the run is stopping.
            StepFailedError: if a step failed.
        """
        with self._executor.at_work():  # also for a program that has ended: what it registered before counts
            return self._register(goal)

    def _register(self, goal: Goal) -> Resource:
        run = self._run
        if run.stopping.is_set():
            raise Stopped
        urn = self._urn(goal)
        self._refuse_if_failed(urn, {goal.parent})
        goal = self._with_parent(goal)
        old = self._claim(urn, goal)
        new = self._desired(urn, goal)
        self._refuse_if_failed(urn, new.needs())
        # What another's replacement has deleted is made again, whatever the targets say.
        recreating = old is not None and self._reconciler.replacements.deleted_on_the_way(old)
        if old is not None and run.refreshes_registered and not goal.read_id:
            old = self._outcomes.refreshed(old, new)
        if run.mode == "refresh" and not goal.read_id and self._outcomes.only_refreshed(new):
            resource = self._outcomes.left(new, old)
        elif not recreating and new not in run.targets:
            resource = self._outcomes.leave_alone(new, old)
        elif goal.read_id:
            resource = self._outcomes.read(new, old, goal)
        elif run.mode == "destroy" and new.custom and not is_provider(new.type):
            resource = self._outcomes.await_deletion(new, old)
        else:
            self._check_dependencies_exist(new)
            resource = self._reconciler.bring_about(new, old, goal, self._seen, recreating=recreating)
        run.done[urn] = resource
        return resource

    def keep(self, goal: Goal) -> Resource:
        """A resource as it is on record; made, if there is none: what imported resources hang from."""
        urn = self._urn(goal)
        if (old := self._old.get(urn)) is None:
            return self.register(goal)
        self._run.done[urn] = old
        return old

    def adopt(self, goal: Goal) -> Resource:
        """Import one resource with the inputs its provider finds.

        Raises:
            EngineError: if the stack has it already, or there is no such resource.
        """
        if goal.parent in self._old:
            self._run.done.setdefault(goal.parent, self._old[goal.parent])
        goal = self._with_parent(goal)
        urn = self._urn(goal)
        if self._claim(urn, goal) is not None:
            raise EngineError(f"resource '{urn}' already exists")
        new = self._desired(urn, goal)
        new.id, new.import_id = goal.import_id, ""  # on record only as long as a program says `import`
        self._executor.perform(Step("import" if new.custom else "create", None, new))
        self._run.done[urn] = new
        return new

    def plan_outputs(self, resource: Resource, outputs: Properties) -> None:
        """Hold the outputs of a component, or the stack, against the plan.

        Raises:
            Stopped: if they are not the planned ones; that has been shown.
        """
        old = self._old.get(resource.urn)
        with self._run.within_plan():
            self._run.planning.outputs(resource.urn, old.outputs if old is not None else {}, outputs)

    def default_provider(self, package: str, version: str) -> str:
        """The reference of the provider that serves whoever names none."""
        return self._defaults.reference(package, version)

    def urn(self, parent: str, kind: str, name: str) -> str:
        """The URN of a resource of this stack."""
        run = self._run
        return make_urn(stack=run.stack, project=run.project.name, parent=parent, kind=kind, name=name)

    def _urn(self, goal: Goal) -> str:
        return self.urn(goal.parent, goal.type, goal.name)

    def _refuse_if_failed(self, urn: str, needs: set[str]) -> None:
        """Do not begin what needs something that failed."""
        if needs & self._run.failed_urns:
            self._run.failed_urns.add(urn)
            raise StepFailedError(urn)

    def _with_parent(self, goal: Goal) -> Goal:
        if not goal.parent:
            return goal
        parent = self._run.done.get(goal.parent)
        if parent is None:
            raise EngineError(f"could not find parent resource {goal.parent}")
        return inheriting(
            goal,
            protect=parent.protect,
            retain_on_delete=parent.retain_on_delete,
            deleted_with=parent.deleted_with,
        )

    def _claim(self, urn: str, goal: Goal) -> Resource | None:
        """Reserve the URN, and find the resource as it was, under this name or one it had."""
        with self._lock:
            if urn in self._seen and urn not in self._aliased:
                raise EngineError(f"Duplicate resource URN '{urn}'; try giving it a unique name")
            if urn in self._aliased:
                raise EngineError(
                    f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{self._aliased[urn]}'"
                )
            names = alias_urns(urn, goal.parent, goal.aliases, self._aliases.get(goal.parent, []))
            self._aliases[urn] = names
            self._seen.add(urn)
            known = next((name for name in (urn, *names) if name in self._old), None)
            if known is None:
                return None
            if known != urn:
                if known in self._seen:
                    raise EngineError(
                        f"Duplicate resource alias '{known}' applied to resource with URN '{urn}' conflicting with resource with "
                        f"URN '{self._aliased.get(known, urn)}'"
                    )
                self._seen.add(known)
                self._aliased[known] = urn
                self._run.journal.alias(known, urn)
            return self._old[known]

    def _desired(self, urn: str, goal: Goal) -> Resource:
        provider = goal.provider
        if goal.custom and not is_provider(goal.type):
            provider = provider or self.default_provider(package_of(goal.type), goal.version)
        properties = dict(goal.properties)
        if is_provider(goal.type):
            properties = with_version(properties, goal.version)
        return Resource(
            urn=urn,
            type=goal.type,
            custom=goal.custom,
            inputs=properties,
            parent=goal.parent,
            provider=provider if goal.custom and not is_provider(goal.type) else "",
            protect=bool(goal.protect),
            retain_on_delete=bool(goal.retain_on_delete),
            import_id=goal.import_id,
            deleted_with=goal.deleted_with,
            replace_with=goal.replace_with,
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            additional_secret_outputs=goal.additional_secret_outputs,
            ignore_changes=goal.ignore_changes,
            replace_on_changes=goal.replace_on_changes,
            custom_timeouts=goal.custom_timeouts,
            resource_hooks=goal.hooks,
            replacement_trigger=goal.replacement_trigger,
            source_position=goal.source_position,
            aliases=[name for name in self._aliases[urn] if any(name == item.urn for item in goal.aliases)],
        )

    def _check_dependencies_exist(self, new: Resource) -> None:
        if missing := new.needs() & self._run.skipped:
            raise EngineError(f"Resource '{new.urn}' depends on '{min(missing)}' which was not specified in --target list.")
