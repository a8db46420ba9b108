"""One operation on a stack, from beginning to end: update, preview, refresh, destroy or import."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Self

from runbook_lib.rehearsal.engine.builtin import BuiltinProvider
from runbook_lib.rehearsal.engine.deletion import delete_all, leftovers
from runbook_lib.rehearsal.engine.engine_service import EngineService
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.executor import Executor
from runbook_lib.rehearsal.engine.hooks import Hooks, refuse_without_program
from runbook_lib.rehearsal.engine.interrupts import Interrupts
from runbook_lib.rehearsal.engine.monitor import Monitor
from runbook_lib.rehearsal.engine.program import SHOWN_ITS_ERROR, Program
from runbook_lib.rehearsal.engine.refresh import refresh_all
from runbook_lib.rehearsal.engine.registration import Registrar
from runbook_lib.rehearsal.engine.registry import Registry
from runbook_lib.rehearsal.engine.server import Server
from runbook_lib.rehearsal.engine.targets import unknown
from runbook_lib.rehearsal.engine.transforms import Transforms
from runbook_lib.rehearsal.engine.urn import is_provider, package_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runbook_lib.rehearsal.engine.backend import Backend
    from runbook_lib.rehearsal.engine.run import Run


class Deployment:
    """Everything one run needs, started in the order that wastes no time.

    Args:
        run: The operation.
        backend: Where stacks are, for stack references.
    """

    def __init__(self, run: Run, backend: Backend) -> None:
        self._run = run
        self._server = Server(run.options.parallel)
        builtin = BuiltinProvider(backend, run.project, run.done.get)
        run.registry = Registry(
            run.project,
            self._server.address,
            builtin,
            lambda line: run.events.diagnostic("debug", line) if run.options.debug else None,
        )
        run.hooks = Hooks(run)
        self.executor = Executor(run)
        self.registrar = Registrar(run, self.executor)
        self._program: Program | None = None
        self._interrupts = Interrupts(run, self._end_program)

    def __enter__(self) -> Self:
        """Take interrupts."""
        self._interrupts.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Let everything that was started end."""
        self._run.program_free.set()
        self._end_program()
        self.executor.wait_until_idle()
        self._server.stop()
        self._run.registry.close()
        self._interrupts.__exit__(None, None, None)

    def update(self, program: Program) -> None:
        """Run the program and bring the stack to what it wants."""
        run = self._run
        engine = self._serve(program)
        self._prestart_plugins()
        if run.options.refresh:
            self._refuse_unknown([*run.targets.include, *run.targets.exclude])
            if run.options.run_program:
                run.refreshes_registered = True
            else:
                self._guarded(lambda: refresh_all(run))
                self.registrar.rebase()
        self._refuse_unknown(run.targets.replace)
        if run.failed or run.stopping.is_set():
            return
        with self._running(program, engine) as registered:
            if registered:
                self._delete(everything=False)
                self._refuse_unknown(run.targets.include)
                self._hold_to_plan()

    def destroy(self, program: Program | None = None, *, keep_protected: bool = False) -> None:
        """Delete everything that the run may touch; a program beside it lends its hooks, and providers their settings."""
        run = self._run
        engine = self._serve(program)
        if not self._has_targets():
            return
        if program is None:
            self._guarded(lambda: refuse_without_program(run))
        self._prestart_plugins()
        if run.options.refresh and not run.failed:
            self._guarded(lambda: refresh_all(run))
            self.registrar.rebase()
        if run.failed or run.stopping.is_set():
            return
        if program is None:
            self._delete(everything=True, keep_protected=keep_protected)
            return
        run.mode = "destroy"
        with self._running(program, engine) as registered:
            if registered:
                run.settle_outputs()
                run.stack_outputs = None  # they go with the stack's own resource
                self._delete(everything=True, keep_protected=keep_protected)

    def _serve(self, program: Program | None) -> EngineService:
        run = self._run
        self._program = program
        engine = EngineService(run)
        monitor = None
        if program is not None:
            folder = run.project.program if run.project.program.is_dir() else run.project.program.parent
            monitor = Monitor(run, self.registrar, Transforms(), folder)
        self._server.serve(monitor, engine)
        return engine

    @contextlib.contextmanager
    def _running(self, program: Program, engine: EngineService) -> Iterator[bool]:
        """Run the program; whether it has registered all that it wants, so that what it has not may be deleted.

        One with hooks stays until the block is left, for deletions may call it back.
        """
        run = self._run
        program.begin(run, self._server.address, lambda severity, line: run.events.diagnostic(severity, line, engine.root))
        ended: Future[int] = Future()

        def follow() -> None:
            ended.set_result(program.wait())
            run.program_through.set()

        threading.Thread(target=follow, daemon=True).start()
        run.program_through.wait()
        held = not ended.done()
        code = 0 if held else ended.result()
        self.executor.wait_until_idle()
        self._judge(code, engine)
        # What a program that did not come to its end has not registered may still be wanted.
        yield code == 0 and not run.stopping.is_set() and (not run.failed or run.options.continue_on_error)
        run.program_free.set()
        if held:
            self._judge(ended.result(), engine)

    def _judge(self, code: int, engine: EngineService) -> None:
        """See how the program has ended; one that was told to stop has nothing to say."""
        run = self._run
        if run.stopping.is_set():
            return
        if code not in {0, SHOWN_ITS_ERROR}:
            run.fail(f"an unhandled error occurred: program exited with non-zero exit code: {code}", engine.root)
        run.failed = run.failed or code != 0

    def refresh(self, program: Program | None = None) -> None:
        """Take over what the providers see; a program beside it lends providers their settings, and resources their options."""
        run = self._run
        engine = self._serve(program)
        if not self._has_targets():
            return
        self._prestart_plugins()
        if program is None:
            self._guarded(lambda: refresh_all(run, counted=True))
            return
        run.mode, run.refreshes_registered = "refresh", True
        with self._running(program, engine) as registered:
            if registered:
                self._guarded(lambda: refresh_all(run, counted=True, beside=self.registrar.seen))

    def import_resources(self, work: Callable[[Registrar], None]) -> None:
        """Adopt existing resources; `work` registers them."""
        self._serve(None)
        self._guarded(lambda: work(self.registrar))

    def _refuse_unknown(self, names: list[str]) -> None:
        """Refuse targets that neither the stack nor the program has: whoever mistyped one believes it done."""
        run = self._run
        for name in unknown(names, {resource.urn for resource in run.base.resources} | self.registrar.seen):
            hint = "" if "$" in name else " Did you forget to escape $ in your shell?"
            run.fail(f"Target '{name}' could not be found in the stack.{hint}")

    def _hold_to_plan(self) -> None:
        """Refuse what the plan had otherwise of the stack's outputs, and what it expected and was not seen."""
        run = self._run
        if run.stopping.is_set():
            return
        if run.stack_outputs is not None:
            kept, run.stack_outputs = run.stack_outputs, None  # refused ones stay what they were
            self._guarded(lambda: self.registrar.plan_outputs(*kept))
            run.stack_outputs = None if run.stopping.is_set() else kept
        for urn in run.planning.unseen(resource.urn for resource in run.base.resources):
            run.events.diagnostic("error", f"expected resource operations for {urn} but none were seen", urn)
            run.failed = True

    def _has_targets(self) -> bool:
        """Whether the stack has the targets of an operation without a program."""
        run = self._run
        missing = unknown([*run.targets.include, *run.targets.exclude], {resource.urn for resource in run.base.resources})
        if missing:
            run.fail(f"no resource named '{missing[0]}' found")
        return not missing

    def _delete(self, *, everything: bool, keep_protected: bool = False) -> None:
        run = self._run
        condemned = leftovers(run, self.registrar.seen, everything=everything, keep_protected=keep_protected)
        self._guarded(lambda: delete_all(run, self.executor, condemned, self.registrar.seen))

    def _guarded(self, work: Callable[[], None]) -> None:
        from runbook_lib.rehearsal.engine.run import StepFailedError, Stopped

        try:
            work()
        except EngineError as error:
            self._run.fail(str(error))
        except (StepFailedError, Stopped):
            return  # shown where it happened

    def _prestart_plugins(self) -> None:
        """Start the plugins this run will want while the program is still importing."""
        run = self._run
        packages = {
            package_of(resource.type) for resource in run.base.resources if resource.custom and not is_provider(resource.type)
        }
        packages |= {key.partition(":")[0] for key in run.config} | set(run.project.plugin_folders())
        for package in sorted(packages - {"pulumi", run.project.name}):
            run.registry.prestart(package)

    def _end_program(self) -> None:
        if self._program:
            self._program.kill()
