"""A papermill engine that records the truth.

papermill's own engine records a cell that timed out, whose kernel died or that was interrupted as "completed", and all that
follows it too; it calls a notebook that left early through ``sys.exit(0)`` a success. This one gives each cell the state it
ended in (``metadata.runbook.state``), leaves what never ran "pending", and adds what happened to the failing cell's outputs.
It is registered as the ``papermill.engine`` entry point ``runbook``, so ``papermill --engine runbook`` records the same.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.log import logger

from runbook_lib import files, redaction
from runbook_lib.errors import NotebookError
from runbook_lib.kernel_group import KernelGroup
from runbook_lib.kernel_manager import KernelManager
from runbook_lib.redaction.declared import register_declared
from runbook_lib.redaction.kernel_hooks import KERNEL_SETUP, MESSAGE
from runbook_lib.redaction.sweep import refuse
from runbook_lib.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GRACE = 3600.0
"""Seconds that work which was asked to stop has for saving its state: a database on AWS takes half an hour."""


class Manager(NotebookExecutionManager):  # type: ignore[misc]  # papermill has no types
    """papermill's book-keeping, redacted, atomic, and without its promotion of pending cells."""

    on_cell: Callable[[int, int], None] = staticmethod(lambda _index, _cells: None)

    def save(self, **_: Any) -> None:
        """Write a redacted copy of the notebook; the one that is being executed stays as it is."""
        if self.output_path:
            files.write_atomic(Path(self.output_path), nbformat.writes(redaction.redact_notebook(self.nb)).encode())
        self.last_save_time = self.now()

    def notebook_start(self, **kwargs: Any) -> None:
        """Begin: nothing has run."""
        register_declared(self.nb)
        for cell in self.nb.cells:
            cell.metadata.runbook = {"state": State.NOT_RUN.value}
        self.nb.metadata.runbook = {"state": State.NOT_RUN.value}
        super().notebook_start(**kwargs)

    def cell_start(self, cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
        """A cell begins."""
        cell.metadata.runbook = {"state": State.RUNNING.value}
        super().cell_start(cell, cell_index, **kwargs)

    def ended(self, index: int, state: State, error: BaseException | None = None) -> None:
        """Record how a cell ended, and with it the notebook if it is not well."""
        cell = self.nb.cells[index]
        cell.metadata.runbook = {"state": state.value}
        if state is not State.OK:
            self.nb.metadata.runbook = {"state": state.value, "cell": index}
            self.cell_exception(cell, index)
            if error is not None and not _error_output(cell):
                cell.outputs.append(nbformat.v4.new_output("error", ename=type(error).__name__, evalue=str(error)))
        elif self.nb.metadata.runbook["state"] == State.NOT_RUN:
            self.nb.metadata.runbook = {"state": State.OK.value}
        self.cell_complete(cell, index)
        self.on_cell(index + 1, len(self.nb.cells))

    def notebook_complete(self, **_: Any) -> None:
        """End: a cell that never ran stays pending."""
        self.end_time = self.now()
        self.nb.metadata.papermill["end_time"] = self.end_time.isoformat()
        self.nb.metadata.papermill["duration"] = (self.end_time - self.start_time).total_seconds()
        if self.nb.metadata.runbook["state"] != State.OK:
            self.nb.metadata.papermill["exception"] = True
        self.cleanup_pbar()
        self.save()


class Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """Runs the cells; asked to stop, it lets the work in the kernel save its state first."""

    grace: float = GRACE
    stopped: State | None = None
    group: KernelGroup | None = None

    def stop(self, cause: State) -> None:
        """Interrupt the kernel and what it started; a second call, or the end of the grace period, kills it."""
        first, self.stopped = self.stopped is None, self.stopped or cause
        if self.group is None:
            return  # the kernel is still starting, and would only die of it: no cell will run
        self.group.signal(signal.SIGINT if first else signal.SIGKILL)
        if first:
            timer = threading.Timer(self.grace, self.group.signal, [signal.SIGKILL])
            timer.daemon = True
            timer.start()

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """A secret that the kernel has learned is taken note of, and is no output."""
        if msg["msg_type"] == MESSAGE:
            return redaction.register(msg["content"]["secret"], msg["content"]["name"])
        return super().process_message(msg, cell, cell_index)

    def log_output_message(self, output: Any) -> None:
        """What goes to a log or a file is masked as well."""
        super().log_output_message(nbformat.from_dict(redaction.redact_values(output)))

    def papermill_execute_cells(self) -> None:
        """Run each cell and record how it ended; stop at the first that is not well."""
        self.group = KernelGroup(self.km.provisioner.pgid)
        if self.km.kernel_spec.language == "python":
            self.wait_for_reply(self.kc.execute(KERNEL_SETUP, silent=True, store_history=False))
        manager = self.nb_man
        for index, cell in enumerate(self.nb.cells):
            if self.stopped:
                manager.nb.metadata.runbook = {"state": self.stopped.value}
                raise _ASKED.get(self.stopped, KeyboardInterrupt)(f"{self.stopped.value} before cell {index} began")
            manager.cell_start(cell, index)
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                manager.ended(index, self.stopped or (State.EXITED if _exited(error) else State.FAILED))
                self._settle()
                return
            except BaseException as error:
                state = _STATES.get(type(error), State.FAILED)
                manager.ended(index, self.stopped or state, error)
                if isinstance(error, CellTimeoutError | DeadKernelError):
                    self.stop(state)
                self._settle()
                raise
            # A cell tagged raises-exception goes on, but it did raise.
            manager.ended(index, State.FAILED if _error_output(manager.nb.cells[index]) else State.OK)

    def _settle(self) -> None:
        """After a stop, wait until what the kernel started has saved its state: nothing goes on behind a finished record."""
        if self.stopped and self.group:
            self.group.let_end(self.grace)


class RunbookEngine(Engine):  # type: ignore[misc]  # papermill has no types
    """The ``papermill.engine`` named ``runbook``."""

    @classmethod
    def execute_notebook(
        cls, nb: Any, kernel_name: str, output_path: str | None = None, *, progress_bar: Any = True,
        log_output: bool = False, autosave_cell_every: int = 30, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Run a notebook; papermill's own signature.

        Raises:
            NotebookError: A cell called ``sys.exit``.
        """
        manager = Manager(nb, output_path, log_output, progress_bar, autosave_cell_every)
        manager.on_cell = kwargs.pop("on_cell", manager.on_cell)
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, log_output=log_output, **kwargs)
        finally:
            manager.notebook_complete()
        if nb.metadata.runbook["state"] == State.EXITED:
            left = sum(cell.metadata.runbook["state"] == State.NOT_RUN for cell in nb.cells)
            raise NotebookError(
                f"Cell {nb.metadata.runbook['cell']} called sys.exit; {left} cells never ran.",
                remedy="Raise an error instead.",
            )
        record = redaction.redact_notebook(manager.nb)
        refuse(Path(output_path or "").name, record.metadata.runbook.get("withheld", []))
        return record  # papermill writes it once more

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Manager, kernel_name: str, *, log_output: bool = False, start_timeout: int = 60,
        execution_timeout: float | None = None, notebook_timeout: float | None = None, grace: float = GRACE,
        stdout_file: Any = None, stderr_file: Any = None, **_: Any,
    ) -> Any:  # fmt: skip
        """Run the cells in a kernel that is reached over Unix sockets, not TCP.

        Args:
            nb_man: The notebook and its book-keeping.
            kernel_name: Which kernel specification.
            log_output: Whether cell output goes to papermill's log.
            start_timeout: Seconds the kernel may take to start.
            execution_timeout: Seconds a cell may take.
            notebook_timeout: Seconds the whole notebook may take.
            grace: Seconds that work which was asked to stop has for saving its state.
            stdout_file: Where cells' standard output is copied.
            stderr_file: The same for standard error.
        """
        from traitlets.config import Config

        # Short, because a Unix socket's path has 107 characters; of its own, because Jupyter's default is the working directory.
        with tempfile.TemporaryDirectory(prefix="runbook-kernel-") as sockets:
            reached = {"transport": "ipc", "ip": f"{sockets}/socket", "connection_file": f"{sockets}/connection.json"}
            client = Client(
                nb_man, config=Config({"KernelManager": reached}), kernel_manager_class=KernelManager, kernel_name=kernel_name,
                log=logger, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file, timeout=execution_timeout,
                startup_timeout=start_timeout, shutdown_kernel="immediate",  # what has to last has been flushed
            )  # fmt: skip
            client.grace = grace
            with _stopping(client, notebook_timeout):
                return client.execute(env=os.environ.copy())


_STATES: dict[type[BaseException], State] = {
    CellTimeoutError: State.TIMED_OUT,
    DeadKernelError: State.KERNEL_DIED,
    KeyboardInterrupt: State.INTERRUPTED,
}
_ASKED: dict[State, type[BaseException]] = {state: error for error, state in _STATES.items()}


@contextmanager
def _stopping(client: Client, timeout: float | None) -> Iterator[None]:
    """While a notebook runs, SIGINT, SIGTERM and the end of its time stop the work in the kernel, not this process."""
    timer = threading.Timer(timeout, client.stop, [State.TIMED_OUT]) if timeout else None
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            handlers[number] = signal.signal(number, lambda *_: client.stop(State.INTERRUPTED))
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        if timer:
            timer.cancel()
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _error_output(cell: Any) -> Any:
    return next((output for output in cell.get("outputs", ()) if output.output_type == "error"), None)


def _exited(error: CellExecutionError) -> bool:
    return bool(error.ename == "SystemExit")
