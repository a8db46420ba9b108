"""One operation on a stack, as everything in the engine sees it: what was asked, what is known, what has gone wrong."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from runbook_lib.rehearsal.engine.planning import Planning, PlanViolationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.engine.config import Value
    from runbook_lib.rehearsal.engine.events import EventStream
    from runbook_lib.rehearsal.engine.hooks import Hooks
    from runbook_lib.rehearsal.engine.journal import Journal
    from runbook_lib.rehearsal.engine.project import Project
    from runbook_lib.rehearsal.engine.registry import Registry
    from runbook_lib.rehearsal.engine.state import Deployment, Resource
    from runbook_lib.rehearsal.engine.steps import Step
    from runbook_lib.rehearsal.engine.targets import Targets
    from runbook_lib.rehearsal.engine.values import Properties

DEFAULT_PARALLEL = max(16, 4 * (os.cpu_count() or 4))


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    dry_run: bool
    parallel: int = DEFAULT_PARALLEL
    continue_on_error: bool = False
    refresh: bool = False
    run_program: bool = False
    debug: bool = False


class Stopped(Exception):  # noqa: N818 - not an error: the run is ending, and this step was not begun
    """Raised instead of beginning a step when the run is stopping."""


class StepFailedError(Exception):
    """Raised when a step failed, or what it needs did; its diagnostics have been shown.

    Args:
        urn: The resource that could not be brought about.
    """

    def __init__(self, urn: str) -> None:
        super().__init__(urn)
        self.urn = urn


@dataclass
class Run:
    """The running operation.

    Args:
        project: The project.
        stack: The stack's name.
        options: What was asked for.
        targets: Which resources it may touch.
        config: The stack's configuration, decrypted.
        base: The deployment to start from.
        journal: The record being made.
        events: Where events go.
        planning: What it plans, and what it may not exceed.
    """

    project: Project
    stack: str
    options: Options
    targets: Targets
    config: dict[str, Value]
    base: Deployment
    journal: Journal
    events: EventStream
    planning: Planning = field(default_factory=Planning)
    registry: Registry = field(init=False)
    hooks: Hooks = field(init=False)
    mode: Literal["update", "refresh", "destroy"] = "update"  # what becomes of a resource that the program registers
    refreshes_registered: bool = False  # each is read when the program registers it, not all before: `--run-program`
    program_through: threading.Event = field(default_factory=threading.Event)  # it has registered all it wants, or ended
    program_free: threading.Event = field(default_factory=threading.Event)  # nothing will call it back any more
    stopping: threading.Event = field(default_factory=threading.Event)
    cancelled: bool = False
    failed: bool = False
    failed_urns: set[str] = field(default_factory=set)
    done: dict[str, Resource] = field(default_factory=dict)  # by URN: what this run has registered
    steps: dict[str, Step] = field(default_factory=dict)  # by URN: the last of each component
    _refusing: threading.Lock = field(default_factory=threading.Lock)
    skipped: set[str] = field(default_factory=set)  # creations left out by --target
    imported: list[Resource] = field(default_factory=list)  # by this run, as they were found
    left: set[str] = field(default_factory=set)  # registered, and left where it is on record: by a refresh with the program
    stack_outputs: tuple[Resource, Properties] | None = None  # what the program has exported, until it is known how all went

    @property
    def dry_run(self) -> bool:
        """Whether this is a preview."""
        return self.options.dry_run

    def fail(self, message: str, urn: str = "", *, stop: bool = True) -> None:
        """Show an error; unless told otherwise, no further step begins: only of failed steps there may be several."""
        self.failed = True
        self.events.diagnostic("error", message, urn)
        if urn:
            self.failed_urns.add(urn)
        if stop:
            self.stopping.set()

    def refuse(self, message: str, urn: str) -> None:
        """Show why a registration is wrong, at its resource, which has not been begun; no further step begins.

        Of a run that is stopping already nothing is shown: its providers are being closed, and what that breaks is an echo.
        """
        with self._refusing:
            if self.stopping.is_set():
                return
            self.failed = True
            self.events.diagnostic("error", message, urn)
            self.stopping.set()

    def fail_after(self, message: str, urn: str) -> None:
        """Show an error that came after a step was done: the resource is not failed, the run is."""
        self.failed = True
        self.events.diagnostic("error", message, urn)
        if not self.options.continue_on_error:
            self.stopping.set()

    def settle_outputs(self) -> None:
        """Give the stack its outputs; those that a run which failed did not come to stay what they were."""
        if self.stack_outputs is None:
            return
        root, outputs = self.stack_outputs
        root.outputs = {**self.base.outputs(), **outputs} if self.failed or self.cancelled else outputs
        self.journal.touch(root)
        if step := self.steps.get(root.urn):
            self.events.after(step)

    @contextmanager
    def within_plan(self) -> Iterator[None]:
        """Show what the plan does not allow, and end the run there.

        Raises:
            Stopped: instead of that.
        """
        try:
            yield
        except PlanViolationError as error:
            self.refuse(str(error), error.urn)
            raise Stopped from error

    def provider_state(self, reference: str) -> Resource | None:
        """The provider resource that a reference names, as the deployment has it."""
        urn, identity = reference.rsplit("::", 1)
        for resource in (*self.base.resources, *self.done.values()):
            if resource.urn == urn and resource.id == identity:
                return resource
        return None
