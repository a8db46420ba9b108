"""Runs a notebook's cells, says how each ended, and lets the work in the kernel save its state when it is asked to stop."""

from __future__ import annotations

import asyncio
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient

from runbook_lib.errors import NotebookError
from runbook_lib.kernel import leftovers
from runbook_lib.kernel.alarm import Alarm
from runbook_lib.kernel.flood import Meter
from runbook_lib.kernel.group import STRANGERS_GRACE, KernelGroup
from runbook_lib.kernel.hearing import SILENCE, Hearing
from runbook_lib.kernel.masked import Outlets, logger
from runbook_lib.kernel.recorder import raised
from runbook_lib.redaction import kernel_hooks
from runbook_lib.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.kernel.guard import Guard
    from runbook_lib.kernel.recorder import Recorder
    from runbook_lib.kernel.said import Said

ENDED_BY: dict[type[BaseException], State] = {
    CellTimeoutError: State.TIMED_OUT,
    DeadKernelError: State.KERNEL_DIED,
    KeyboardInterrupt: State.INTERRUPTED,
}
_RAISED = {state: error for error, state in ENDED_BY.items()}


class Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """papermill's own, whose cells end as what they are.

    Args:
        recorder: The notebook and its record.
        strict: Whether leaving ends the notebook even in a cell that is tagged ``raises-exception``.
        grace: Seconds that work which was asked to stop has for saving its state.
        limit: Bytes of a cell's output that are kept.
        token: What the kernel is started with as ``group.TOKEN_VARIABLE``.
        guard: Has the kernel end in order if this process is killed.
        said: Takes what the kernel says outside its messages.
        contact: Where the kernel tells which secrets it learns.
        others: papermill's and nbclient's. ``iopub_timeout`` is how many seconds a kernel may be silent whose cell has ended
            and whose output has not; as long as it talks, it is listened to.
    """

    def __init__(
        self, recorder: Recorder, *, strict: bool, grace: float, limit: int, token: str, guard: Guard, said: Said,
        contact: Any, **others: Any,
    ) -> None:  # fmt: skip
        self._also: Callable[..., Any] | None = others.pop("on_cell_executed", None)
        files = {name: others.pop(f"{name}_file", None) for name in ("stdout", "stderr")}
        super().__init__(recorder, **others)
        self.on_cell_executed = self._look
        self.stopped: State | None = None
        self.group: KernelGroup | None = None
        self.connected = False
        self._strict, self._grace, self._limit, self._token, self._guard = strict, grace, limit, token, guard
        self._said, self._contact = said, contact
        self._hearing = Hearing(self, others.get("iopub_timeout", SILENCE))
        self._meter = Meter(limit)
        self._outlets = Outlets(files, log=self.log_output)
        self._left = False
        self._reply: dict[str, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self, cause: State, *, insists: bool = True) -> None:
        """Interrupt the kernel and what it started; a second call that insists, or the end of the grace period, kills it."""
        if self.stopped and not insists:
            return
        first, self.stopped = self.stopped is None, self.stopped or cause
        if not self.connected:
            return  # the kernel is still starting, and would only die of it: no cell will run
        self._signal(signal.SIGINT if first else signal.SIGKILL)
        if first:
            Alarm(self._grace, partial(self._signal, signal.SIGKILL))
            if self.group and not self._strict:
                Alarm(STRANGERS_GRACE, self.group.end_unless_it_saves)
            # A cell may wait for what it started, which may be deaf.
            threading.Thread(target=self._settle, daemon=True).start()

    def create_kernel_manager(self) -> Any:
        """nbclient's, under guard."""
        manager = super().create_kernel_manager()
        manager.guard, manager.said = self._guard, self._said
        return manager

    async def async_start_new_kernel_client(self) -> Any:
        """Connect to the kernel; once that is done it can be asked to stop."""
        connected = await super().async_start_new_kernel_client()
        self._loop = asyncio.get_running_loop()
        if leader := getattr(self.km.provisioner, "pgid", None):
            self.group = KernelGroup(leader, self._token)
        self._hearing.connect(self.kc.iopub_channel, self.kc.shell_channel)
        self.connected = True
        return connected

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def papermill_execute_cells(self) -> None:
        """Run each cell and record how it ended; stop at the first that is not well.

        Raises:
            NotebookError: A cell left the notebook early.
        """
        try:
            self._execute_cells()
        finally:
            if self.group and not self.stopped:
                leftovers.account(self.group, self.nb_man, ends=self._strict)

    def _execute_cells(self) -> None:
        if self.km.kernel_spec.language == "python" and not self.stopped:  # which is to tell the secrets that it learns
            asked = self.kc.execute(kernel_hooks.set_up(self._contact), silent=True, store_history=False)
            if self.wait_for_reply(asked)["content"]["status"] != "ok" and not self.stopped:
                logger.warning(f"Kernel {self.kernel_name} runs elsewhere: what secrets it learns is not known here.")
        for index, cell in enumerate(self.nb.cells):
            if self.stopped:
                raise self._asked(f"before cell {index} began")
            if self._told_to_skip(cell):
                self.nb_man.skipped(index)
                continue
            self._meter, self._left, self._reply = Meter(self._limit), False, {}
            self._hearing.begin()
            self.nb_man.cell_start(cell, index)
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                left = error.ename == "SystemExit"
                state = self._ended(index, State.EXITED if left else State.FAILED)
                if not left:
                    return  # papermill raises it
            except BaseException as error:
                self._ended(index, ENDED_BY.get(type(error), State.FAILED), error)
                raise
            else:
                # A cell tagged raises-exception goes on, but it did raise.
                said = raised(self.nb.cells[index], self._reply)
                shown = State.OK if not said else State.EXITED if said.get("ename") == "SystemExit" else State.FAILED
                state = self._ended(index, State.EXITED if self._left else shown)
            if self.stopped and state is self.stopped:
                raise self._asked(f"in cell {index}")
            if state is State.EXITED and (self._left or self._strict or not self._may_raise(cell)):
                raise self._exited()
        if self.stopped:
            raise self._asked("before the notebook was over")
        if self.nb_man.worst is State.EXITED:
            raise self._exited()

    def process_message(self, *arguments: Any, **keywords: Any) -> Any:
        """Take in what the kernel says, as far as there is room for it."""
        message = arguments[0] if arguments else keywords["msg"]
        if self._hearing.given_up and message["msg_type"] == "error":
            return None  # the cell's error is how it was given up
        stream = message["content"].get("name", "") if message["msg_type"] == "stream" else ""
        fits, rest = self._meter.admit(message)
        output = super().process_message(*arguments, **keywords) if fits else None
        if output and not self.log_output:  # else papermill passes it on
            self.log_output_message(output)
        if rest:
            self.log_output_message(NotebookNode(output_type="stream", name=stream, text=rest))
        return output

    def log_output_message(self, output: Any) -> None:
        """Pass on what a cell says to papermill's log and files, in whole lines, without secrets."""
        if output.output_type != "stream":
            super().log_output_message(output)  # its log masks
        else:
            self._outlets.add(output.name, "".join(output.text))

    def _ended(self, index: int, state: State, error: BaseException | None = None) -> State:
        """Put on record how a cell ended, when all that it started and that had to end has ended."""
        if isinstance(error, CellTimeoutError | DeadKernelError):
            self.stop(state)
        if self.stopped and state is not State.OK:
            state = self.stopped
        self._settle()
        whole = run_sync(self._hearing.hear_out)()
        if self.group:
            self.group.look()
        facts: dict[str, Any] = {}
        if self._meter.cut:
            self._meter.trim(self.nb.cells[index].outputs)
            facts["cut"] = self._meter.account()
            self.nb_man.say(index, f"Output cut at {self._meter.limit} of {self._meter.size} bytes.")
        if not whole and state not in {State.KERNEL_DIED, State.TIMED_OUT}:
            facts["whole"] = False
            self.nb_man.say(index, "The kernel did not say that its output was over: the end of it may be missing.")
        if self.group and self.group.ended:
            facts["ended"] = leftovers.ended(self.group, self.nb_man, index)
        self._outlets.flush()
        self._said.show()
        self.nb_man.ended(index, state, error, self._reply, **facts)
        return state

    async def _async_poll_output_msg(self, *arguments: Any) -> None:
        await self._hearing.listen(super()._async_poll_output_msg(*arguments), *arguments)

    def _settle(self) -> None:
        """After a stop, wait until what the kernel started has saved its state: nothing goes on behind a finished record."""
        if self.stopped and self.group:
            self.group.let_end(self._grace)

    def _signal(self, number: signal.Signals) -> None:
        km = self.km
        if km is None:
            return  # it has ended
        asked = number == signal.SIGINT and getattr(km.kernel_spec, "interrupt_mode", "signal") == "message"
        if self.group and not asked:
            self.group.signal(number)
        elif self._loop:  # elsewhere, or deaf to signals
            sent = km.interrupt_kernel() if asked else km.provisioner.send_signal(number)
            asyncio.run_coroutine_threadsafe(sent, self._loop)

    def _told_to_skip(self, cell: Any) -> bool:
        runs = cell.cell_type == "code" and cell.source.strip()
        return bool(runs and self.skip_cells_with_tag in cell.metadata.get("tags", []))

    def _may_raise(self, cell: Any) -> bool:
        return bool(self.allow_errors or "raises-exception" in cell.metadata.get("tags", []))

    def _look(self, **seen: Any) -> Any:
        """Notice IPython's ``exit()``: it raises nothing, and ends the kernel once the cell is over."""
        self._reply = seen["execute_reply"]["content"]
        payloads = seen["execute_reply"]["content"].get("payload") or ()
        self._left = any(each.get("source") == "ask_exit" and not each.get("keepkernel") for each in payloads)
        return self._also(**seen) if self._also else None

    def _asked(self, when: str) -> BaseException:
        """What to raise after a stop that no cell's error tells of: it may have been caught in the notebook."""
        state = self.stopped or State.INTERRUPTED
        if self.nb_man.worst is State.OK:
            self.nb_man.worst = state
        return _RAISED.get(state, KeyboardInterrupt)(f"{state.value} {when}")

    def _exited(self) -> NotebookError:
        never = sum(cell.metadata.runbook["state"] == State.NOT_RUN for cell in self.nb.cells)
        index, how = self.nb.metadata.runbook["cell"], "exit() or quit()" if self._left else "sys.exit"
        return NotebookError(f"Cell {index} called {how}; {never} cells never ran.", remedy="Raise an error instead.")
