"""What a person or a CI log sees while steps run, and the lines at the end."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.status import Status as Spinner

from runbook_lib.flag import Flag
from runbook_lib.results import Status

if TYPE_CHECKING:
    from runbook_lib.runner import Execution

COLOURS = {Status.PASS: "green", Status.FAIL: "red", Status.UNKNOWN: "yellow"}


class ConsoleDisplay:
    """Live on a terminal, a line per step and event elsewhere.

    Args:
        console: Where to write.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._spinner: Spinner | None = None
        self._step = ""
        self._began = 0.0
        self._cells = (0, 0)
        self._watched: Path | None = None
        self._over = Flag()
        self.executions: list[Execution] = []

    def running(self, step: str, cells: tuple[int, int], progress: Path | None = None) -> None:
        """A step is at work; ``progress`` is the file in which it says what it is doing."""
        self._cells = cells
        self._watched = progress or self._watched
        if step == self._step:
            return
        self._step, self._began = step, time.monotonic()
        if not self._console.is_terminal:
            self._console.print(f"     {step} ...", highlight=False, soft_wrap=True)
            return
        self._spinner = self._console.status("")
        self._spinner.start()
        self._over = Flag()
        threading.Thread(target=self._refresh, args=[self._over], daemon=True).start()

    def ended(self, execution: Execution) -> None:
        """A step has ended."""
        self._over.set()
        if self._spinner:
            self._spinner.stop()
            self._spinner = None
        self._step = ""
        self.executions.append(execution)
        self._console.print(line(execution), highlight=False, soft_wrap=True)
        data = execution.result.data if execution.result else {}
        if "digest" in data and "agreed_digest" not in data:  # what is to be agreed on
            self._console.print(f"digest   {data['digest']}", highlight=False, markup=False, soft_wrap=True)
        for warning in data.get("warnings", ()):
            whole = not self._console.is_terminal  # a log's reader searches for lines, a person reads words
            self._console.print(f"warning  {warning}", style="yellow", highlight=False, markup=False, soft_wrap=whole)
        if execution.error:
            self._console.print(execution.error, style="red", highlight=False, markup=False, soft_wrap=True)

    def said(self, line: str) -> None:
        """Something else happened."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)  # paths and ids stay whole

    def _refresh(self, over: Flag) -> None:
        while not over.wait(0.2):
            done, cells = self._cells
            doing = ""
            if self._watched:
                with suppress(OSError):  # not there yet, or no more
                    doing = escape(self._watched.read_text(encoding="utf-8").strip())
            seconds = time.monotonic() - self._began
            if self._spinner:
                self._spinner.update(f"{self._step}  {seconds:4.1f} s  {f'cell {done}/{cells}' if cells else ''}  {doing}")


def line(execution: Execution) -> str:
    """One step's line, e.g. ``PASS  02_plan  4.1 s  31 findings: 31 pass``."""
    status = execution.status
    findings = ""
    if execution.result:
        counts = {key: n for key, n in execution.result.counts().items() if n}
        findings = ", ".join(f"{n} {key.lower()}" for key, n in counts.items())
    state = "" if execution.state == "ok" else f" ({execution.state})"
    colour = COLOURS[status]
    verdict = f"[{colour}]{status.value:<7}[/{colour}]"
    return f"{verdict} {execution.step:<22} {execution.seconds:5.1f} s  {findings or 'no result'}{state}"
