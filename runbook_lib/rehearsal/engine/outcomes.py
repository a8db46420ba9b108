"""What becomes of a resource that the program registers and that is not brought to what the program wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.refresh import refresh_registered
from runbook_lib.rehearsal.engine.steps import Step
from runbook_lib.rehearsal.engine.urn import is_provider, provider_urn

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.executor import Executor
    from runbook_lib.rehearsal.engine.goal import Goal
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource


class Outcomes:
    """It is left out, read, only refreshed, or kept until it is deleted.

    Args:
        run: The running operation.
        executor: What carries steps out.
    """

    def __init__(self, run: Run, executor: Executor) -> None:
        self._run = run
        self._executor = executor

    def leave_alone(self, new: Resource, old: Resource | None) -> Resource:
        """A resource outside `--target`: it stays as it is, or is not made."""
        if old is None:
            self._run.skipped.add(new.urn)
            step = Step("same", None, new)
            self._executor.admit(step)
            self._run.events.before(step)
            self._run.events.after(step)
            self._run.events.count(step)
            return new
        kept = old.copy()
        kept.urn = new.urn
        if is_provider(kept.type):
            self._run.registry.ensure(f"{kept.urn}::{kept.id}", kept)
        self._executor.perform(Step("same", old, kept, skip_provider=True))
        return kept

    def refreshed(self, old: Resource, new: Resource) -> Resource | None:
        """A resource as it is found now, read with the program's provider; None if it is gone."""
        run = self._run
        if not new.custom or is_provider(new.type) or old not in run.targets:
            return old
        if provider_urn(new.provider) in run.left:
            raise EngineError(f"unknown provider '{new.provider}' for resource {new.urn}")
        with self._executor.turn():
            return refresh_registered(old, new, run)

    def only_refreshed(self, new: Resource) -> bool:
        """Whether a refresh has done with a resource when it has read it; the rest becomes what the program says."""
        return (new.custom and not is_provider(new.type)) or bool(new.needs() & self._run.skipped)

    def left(self, new: Resource, old: Resource | None) -> Resource:
        """A resource of which a refresh makes no more than it has found; nothing, if there is none."""
        if old is None:
            return self.leave_alone(new, None)
        if not new.custom or is_provider(new.type) or old not in self._run.targets:
            self._run.left.add(new.urn)
        return old

    def await_deletion(self, new: Resource, old: Resource | None) -> Resource:
        """A resource that is to be deleted when the program is through: nothing is made of it, nor changed, before."""
        if old is None or new.needs() & self._run.skipped:
            return self.leave_alone(new, None)
        new.inputs = old.inputs
        self._executor.perform(Step("same", old, new))
        return new

    def read(self, new: Resource, old: Resource | None, goal: Goal) -> Resource:
        """A resource that exists already and that the program only looks at."""
        new.id, new.external = goal.read_id, True
        if old is not None and not old.external and old.id != goal.read_id:
            self._executor.perform(Step("read-replacement", old, new), Step("replace", old, new))
        else:
            self._executor.perform(Step("read", old, new))
        return new
