"""Carrying steps out, so many at a time, each recorded before and after."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.apply import apply
from runbook_lib.rehearsal.engine.errors import EngineError, PartialCreateError, ProviderError
from runbook_lib.rehearsal.engine.run import StepFailedError, Stopped
from runbook_lib.rehearsal.engine.steps import PENDING
from runbook_lib.rehearsal.engine.urn import is_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.steps import Step


class Executor:
    """Runs steps for a deployment.

    Args:
        run: The running operation.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._slots = threading.BoundedSemaphore(run.options.parallel)
        self._idle = threading.Condition()
        self._active = 0

    def admit(self, *steps: Step, named: bool = True) -> None:
        """Hold steps against the plan before the first of them begins.

        Raises:
            Stopped: if the plan does not allow one of them; that has been shown.
        """
        with self._run.within_plan():
            self._run.planning.admit(steps, named=named)

    def perform(self, *steps: Step) -> None:
        """Carry steps out, one after the other, if the plan allows them all.

        Raises:
            Stopped: if the run is stopping, and a step was not begun.
            StepFailedError: if one failed; that has been shown and recorded.
        """
        self.admit(*steps)
        for step in steps:
            self.perform_admitted(step)

    def perform_admitted(self, step: Step) -> None:
        """Carry out one step that has been held against the plan; it raises as `perform` does."""
        with self.turn():
            self._perform(step)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Work as one of the so many at a time.

        Raises:
            Stopped: if the run is stopping.
        """
        with self.at_work(), self._slots:
            if self._run.stopping.is_set():
                raise Stopped
            yield

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have whoever waits until all is idle wait for what is done meanwhile: steps may come of it."""
        with self._idle:
            self._active += 1
        try:
            yield
        finally:
            with self._idle:
                self._active -= 1
                self._idle.notify_all()

    def wait_until_idle(self) -> None:
        """Wait for the steps that have begun, and for what steps may come of."""
        with self._idle:
            self._idle.wait_for(lambda: self._active == 0)

    def _perform(self, step: Step) -> None:
        run = self._run
        run.events.before(step)
        touches = step.state.custom and not is_provider(step.state.type) and not step.skip_provider
        kind = PENDING.get(step.op, "") if touches and not run.dry_run else ""
        number = run.journal.begin(kind, step.state) if kind else 0
        try:
            run.hooks.before(step)
            self._apply(step)
        except PartialCreateError as error:
            run.journal.end(number)
            self._record(step)
            self._report(step, error)
        except EngineError as error:
            run.journal.end(number)
            run.journal.commit()
            self._report(step, error)
        if step.state.custom or step.new is None:
            run.hooks.after(step)  # those of a component when its outputs are there
        run.journal.end(number)
        self._record(step)
        if step.new is not None:
            run.planning.outcome(step.new)
        if step.state.custom or step.new is None:
            run.events.after(step)
        else:
            run.steps[step.urn] = step  # a component's outputs come later
        run.events.count(step)

    def _apply(self, step: Step) -> None:
        """Do what a step says, again as often as its error hooks ask for."""
        failures: list[str] = []
        while True:
            try:
                return apply(step, self._run)
            except ProviderError as error:
                failures.insert(0, str(error))
                if not self._run.hooks.retry(step, failures):
                    raise

    def _report(self, step: Step, error: EngineError) -> None:
        """Show a failed step and stop the run, or go on without it if that was asked for."""
        reasons = error.reasons if isinstance(error, PartialCreateError) else []
        text = str(error)
        if reasons:
            text = f"{len(reasons)} error(s) occurred initialising {step.urn}:\n" + "\n".join(
                f"    * {reason}" for reason in reasons
            )
        self._run.fail(text, step.urn, stop=not self._run.options.continue_on_error)
        self._run.events.failed(step)
        raise StepFailedError(step.urn) from error

    def _record(self, step: Step) -> None:
        """Put a step's outcome on record, and on disk unless nothing changed."""
        journal = self._run.journal
        if step.op == "replace":
            return
        if step.op in {"create-replacement", "import-replacement", "read-replacement"} and step.old is not None:
            gone = step.old if step.old.pending_replacement else None
            if not gone:
                step.old.delete = True
                journal.touch(step.old)
            journal.settle(gone, step.new)
        elif step.op == "delete-replaced" and step.notes.get("pending_replacement") and step.old is not None:
            step.old.pending_replacement = True
            journal.touch(step.old)
        else:
            journal.settle(step.old, step.new)
        if step.op != "same":
            journal.commit()
