"""The ``papermill.engine`` named ``runbook``: refuse, run, record, and only then raise."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
from papermill.engines import Engine
from papermill.execute import raise_for_execution_errors

from runbook_lib.errors import NotebookError, RecordError
from runbook_lib.kernel import given, reach
from runbook_lib.kernel.client import ENDED_BY, Client
from runbook_lib.kernel.flood import LIMIT
from runbook_lib.kernel.group import GRACE
from runbook_lib.kernel.launch import KernelManager
from runbook_lib.kernel.masked import logger
from runbook_lib.kernel.recorder import Recorder
from runbook_lib.redaction import redact
from runbook_lib.redaction.sweep import withheld_from
from runbook_lib.states import State


class WithheldError(RecordError, click.ClickException):  # type: ignore[misc]  # click says Final to what it sets itself
    """Raised when nothing was wrong but that a secret stood where it cannot be masked; papermill's command line says so."""

    def format_message(self) -> str:
        """What papermill's command line says."""
        return self.diagnostics()


class RunbookEngine(Engine):  # type: ignore[misc]  # papermill has no types
    """Executes notebooks for papermill."""

    @classmethod
    def execute_notebook(
        cls, nb: Any, kernel_name: str, output_path: str | None = None, *, progress_bar: Any = True,
        log_output: bool = False, autosave_cell_every: int = 30, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Run a notebook; papermill's own signature.

        Returns:
            The record, which papermill writes once more: a copy of ``nb`` without secrets.

        Raises:
            RefusedError: A parameter is wrong; nothing was run or written.
            NotebookError: A cell called ``sys.exit``, ``exit()`` or ``quit()``.
            WithheldError: A secret stood where it could not be masked; it is withheld from what was written.
        """
        step = given.check(nb, kernel_name, kwargs.get("input_path"))
        recorder = Recorder(nb, output_path, log_output, progress_bar, autosave_cell_every)
        recorder.on_cell = kwargs.pop("on_cell", recorder.on_cell)
        recorder.notebook_start()
        try:
            cls.execute_managed_notebook(recorder, kernel_name, log_output=log_output, strict=step is not None, **kwargs)
        except BaseException as error:
            if recorder.worst is State.OK:  # nothing is wrong with any cell
                usual = State.KERNEL_DIED if isinstance(error, RuntimeError) else State.NOT_RUN
                recorder.worst = ENDED_BY.get(type(error), usual)
            recorder.notebook_complete()
            recorder.add_banner()
            recorder.save_at_last()
            if secrets := recorder.record.metadata.runbook.get("withheld"):
                logger.warning(withheld_from(Path(output_path or "the notebook").name, secrets).message)
            error.args = tuple(redact(part) if isinstance(part, str) else part for part in error.args)
            if redact(str(error)) != str(error):  # it says more than its arguments
                raise NotebookError(f"{type(error).__name__}: {redact(str(error))}") from None
            raise
        recorder.notebook_complete()
        cls._say_withheld(recorder, output_path)
        return recorder.record

    @staticmethod
    def _say_withheld(recorder: Recorder, output_path: str | None) -> None:
        """Raise for what was withheld, unless a cell has failed: that is what papermill says then."""
        if secrets := recorder.record.metadata.runbook.get("withheld"):
            error = withheld_from(Path(output_path or "the notebook").name, secrets)
            logger.warning(error.message)
            raise_for_execution_errors(recorder.record, recorder.record.metadata.papermill.get("output_path") or output_path)
            recorder.save_at_last()
            raise WithheldError(error.message, remedy=error.remedy)

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Recorder, kernel_name: str, *, log_output: bool = False, start_timeout: int = 60,
        execution_timeout: float | None = None, notebook_timeout: float | None = None, grace: float = GRACE,
        output_limit: int = LIMIT, strict: bool = False, stdout_file: Any = None, stderr_file: Any = None, **others: Any,
    ) -> Any:  # fmt: skip
        """Run the cells in a kernel that is reached over Unix sockets, or over TCP on this machine where it speaks nothing else.

        Args:
            nb_man: The notebook and its record.
            kernel_name: Which kernel specification.
            log_output: Whether cell output goes to papermill's log.
            start_timeout: Seconds the kernel may take to start.
            execution_timeout: Seconds a cell may take.
            notebook_timeout: Seconds the whole notebook may take.
            grace: Seconds that work which was asked to stop has for saving its state.
            output_limit: Bytes of a cell's output that are kept.
            strict: Whether a cell that leaves ends the notebook even if it is tagged ``raises-exception``.
            stdout_file: Where cells' standard output is copied.
            stderr_file: The same for standard error.
            others: nbclient's own, as papermill's engine takes them.
        """
        ours = {
            "kernel_manager_class": KernelManager, "kernel_name": kernel_name, "log": logger, "log_output": log_output,
            "stdout_file": stdout_file, "stderr_file": stderr_file, "timeout": execution_timeout or others.get("timeout"),
            "shutdown_kernel": "immediate",  # what has to last has been flushed
        }  # fmt: skip
        given_on = {name: value for name, value in others.items() if name not in {"input_path", "startup_timeout"}}
        client = partial(Client, nb_man, strict=strict, grace=grace, limit=output_limit, **{**given_on, **ours})
        return reach.execute(
            client, kernel_name, start_timeout=start_timeout, notebook_timeout=notebook_timeout, grace=grace, step=strict,
            told=given.sources(nb_man.nb),
        )  # fmt: skip
