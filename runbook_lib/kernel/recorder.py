"""papermill's book-keeping, and the truth: each cell's state, in a copy without secrets.

The notebook that is executed is never touched for the record's sake: neither its sources, nor the node of the cell at work, which
nbclient would lose sight of.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import nbformat
from papermill.engines import NotebookExecutionManager
from papermill.execute import ERROR_ANCHOR_MSG, ERROR_MARKER_TAG, ERROR_MESSAGE_TEMPLATE

from runbook_lib import redaction
from runbook_lib.kernel import output
from runbook_lib.kernel.flood import shortened
from runbook_lib.redaction.declared import hidden, register_declared
from runbook_lib.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Recorder(NotebookExecutionManager):  # type: ignore[misc]  # papermill has no types
    """Records how cells end, without papermill's promotion of pending cells; ``self.nb`` is the notebook at work."""

    on_cell: Callable[[int, int], None] = staticmethod(lambda _index, _cells: None)
    record: Any = None
    """The copy that was written last."""
    worst: State = State.OK
    """How the notebook will have ended, as far as is known: as the first cell that was not well."""
    _goes_on = False

    def save(self, **_: Any) -> None:
        """Make the record, and write it where it can be written over."""
        if self._goes_on:
            return
        text = self._copied()
        if self.output_path and not output.only_once(self.output_path):
            output.write(text, self.output_path)
        self.last_save_time = self.now()

    def save_at_last(self) -> None:
        """Write the record wherever papermill would have, which it does not when an error is about to be raised."""
        path = self.nb.metadata.papermill.get("output_path") or self.output_path
        text = self._copied()
        if path:
            output.write(text, path)

    def note(self, **facts: Any) -> None:
        """Put facts about the whole notebook on record."""
        self.nb.metadata.runbook.update(facts)

    def notebook_start(self, **kwargs: Any) -> None:
        """Begin: nothing has run."""
        register_declared(self.nb)
        for cell in self.nb.cells:
            cell.metadata.runbook = {"state": State.NOT_RUN.value}
        self.nb.metadata.runbook = {"state": State.RUNNING.value}
        super().notebook_start(**kwargs)

    def cell_start(self, cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
        """A cell begins."""
        cell.metadata.runbook = {"state": State.RUNNING.value}
        super().cell_start(cell, cell_index, **kwargs)

    def get_cell_description(self, *arguments: Any, **keywords: Any) -> Any:
        """papermill's, for its progress bar, without secrets."""
        described = super().get_cell_description(*arguments, **keywords)
        return described and redaction.redact(described)

    def skipped(self, index: int) -> None:
        """A cell was told not to run."""
        self.nb.cells[index].metadata.runbook = {"state": State.SKIPPED.value}
        self.save()
        if self.pbar:
            self.pbar.update(1)
        self.on_cell(index + 1, len(self.nb.cells))

    def ended(
        self, index: int, state: State, error: BaseException | None = None, reply: Mapping[str, Any] | None = None, **facts: Any
    ) -> None:
        """Record how a cell ended, facts about it, and what that means for the notebook.

        Args:
            index: Which cell.
            state: How it ended.
            error: What was raised here.
            reply: The kernel's own account, whose error the notebook may have hidden.
            facts: For the cell's metadata.
        """
        cell = self.nb.cells[index]
        cell.metadata.runbook = {"state": state.value, **facts}
        if state is not State.OK:
            if self.worst is State.OK:
                self.worst = state
                self.note(cell=index)
            self.cell_exception(cell, index)
            said = raised(cell, reply or {})
            if said is None and error is not None:
                said = {"ename": type(error).__name__, "evalue": str(error), "traceback": []}
            if said is not None and not error_output(cell):
                words = [shortened(line) for line in said["traceback"]]
                cell.outputs.append(
                    nbformat.v4.new_output("error", ename=said["ename"], evalue=shortened(said["evalue"]), traceback=words)
                )
        self._goes_on = state is State.OK and index + 1 < len(self.nb.cells)  # the next cell begins at once, and that is written
        self.cell_complete(cell, index)
        self._goes_on = False
        self.on_cell(index + 1, len(self.nb.cells))

    def say(self, index: int, text: str) -> None:
        """Add the engine's own words to a cell's output."""
        self.nb.cells[index].outputs.append(nbformat.v4.new_output("stream", name="stderr", text=f"[runbook] {text}\n"))

    def notebook_complete(self, **_: Any) -> None:
        """End: a cell that never ran stays pending."""
        self.end_time = self.now()
        self.nb.metadata.papermill["end_time"] = self.end_time.isoformat()
        self.nb.metadata.papermill["duration"] = (self.end_time - self.start_time).total_seconds()
        self.note(state=self.worst.value)
        if self.worst is not State.OK:
            self.nb.metadata.papermill["exception"] = True
        self.cleanup_pbar()
        self.save()

    def add_banner(self) -> None:
        """Point at the cell that ended the notebook, as papermill does for errors that it raises itself."""
        index = self.nb.metadata.runbook.get("cell")
        if index is None:
            return
        for place, text in ((index, ERROR_ANCHOR_MSG), (0, ERROR_MESSAGE_TEMPLATE % self.nb.cells[index].execution_count)):
            cell = nbformat.v4.new_markdown_cell(text, metadata={"tags": [ERROR_MARKER_TAG]})
            if self.nb.nbformat_minor < nbformat.v4.nbformat_minor:
                cell.pop("id", None)  # which older notebooks do not have
            self.nb.cells.insert(place, cell)

    def _copied(self) -> str:
        """Make the record of the notebook as it is now; what cannot be written in UTF-8 is replaced in it."""
        self.record = redaction.redact_notebook(_joined(hidden(self.nb)))
        text = nbformat.writes(self.record)
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            self.record = nbformat.reads(text, as_version=4)
        return str(text)


def error_output(cell: Any) -> Any:
    """The first error that a cell shows, if it shows one."""
    return next((output for output in cell.get("outputs", ()) if output.output_type == "error"), None)


def raised(cell: Any, reply: Mapping[str, Any]) -> Any:
    """The error that a cell shows, or that the kernel tells of in its reply."""
    return error_output(cell) or (reply if reply.get("status") == "error" else None)


def _joined(notebook: Any) -> Any:
    """The notebook with what was said in pieces put together: nothing in it may hide in two of them."""
    whole = copy.copy(notebook)
    whole["cells"] = []
    for cell in notebook.cells:
        twin = copy.copy(cell)
        if "outputs" in cell:
            twin["outputs"] = _streams_joined(cell.outputs)
        whole["cells"].append(twin)
    return whole


def _streams_joined(outputs: list[Mapping[str, Any]]) -> list[Any]:
    """Outputs where each stream is one piece between any two displays."""
    joined: list[Any] = []
    pieces: dict[str, list[str]] = {}
    for each in outputs:
        if each["output_type"] != "stream":
            _put_together(joined, pieces)
            joined.append(each)
        elif each["name"] in pieces:
            pieces[each["name"]].append(each["text"])
        else:
            pieces[each["name"]] = [each["text"]]
            joined.append(copy.copy(each))
    _put_together(joined, pieces)
    return joined


def _put_together(outputs: list[Any], pieces: dict[str, list[str]]) -> None:
    for each in outputs[len(outputs) - len(pieces) :]:
        each["text"] = "".join(pieces[each["name"]])
    pieces.clear()
