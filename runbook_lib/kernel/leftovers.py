"""What a notebook leaves running is named in its record, with what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.kernel.group import command_of
from runbook_lib.kernel.masked import logger
from runbook_lib.states import State

if TYPE_CHECKING:
    from runbook_lib.kernel.group import KernelGroup
    from runbook_lib.kernel.recorder import Recorder

ENDED = "Ended what the notebook had left running"
LEFT = "Left running by the notebook"


def ended(group: KernelGroup, recorder: Recorder, index: int) -> list[dict[str, Any]]:
    """Say below a cell what was ended after it, if anything was; for its metadata."""
    return _said(recorder, index, ENDED, [{"pid": pid, "command": command} for pid, command in list(group.ended.items())])


def account(group: KernelGroup, recorder: Recorder, *, ends: bool) -> None:
    """At a notebook's own end: what would outlive its kernel, in a session of its own.

    Args:
        group: The kernel and what it started.
        recorder: The notebook and its record.
        ends: Whether it is ended, as in a step; in anybody else's notebook it may be meant to stay.
    """
    if not (left := group.left()):
        return
    ran = [i for i, cell in enumerate(recorder.nb.cells) if cell.cell_type == "code" and cell.metadata.runbook["state"] in _RAN]
    index = max(ran, default=0)
    if ends:
        group.end_left()
        if found := ended(group, recorder, index):
            recorder.note(ended=found)
    elif found := [{"pid": process.pid, "command": command} for process in left if (command := command_of(process))]:
        recorder.note(left=_said(recorder, index, LEFT, found))


_RAN = frozenset({State.OK, State.FAILED, State.EXITED})


def _said(recorder: Recorder, index: int, how: str, processes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for process in processes:
        text = f"{how}: {process['command']} (process {process['pid']})."
        recorder.say(index, text)
        logger.warning(text)
    return processes
