"""A kernel and what it started: asked to stop together, waited for, ended in the end.

What saves its state may take the grace it was given: that is the runbook's own work (``uninterrupted.WORK_VARIABLE`` in its
environment), and ``pulumi`` whoever started it. Anything else that a notebook has left running is a stranger's: it is ended
soon, and named.
"""

from __future__ import annotations

import itertools
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from runbook_lib.uninterrupted import WORK_VARIABLE

TOKEN_VARIABLE = "RUNBOOK_KERNEL"  # noqa: S105 - a variable's name
"""In a kernel's environment, and so in that of all it starts, in whichever process group and session."""
GRACE = 3600.0
"""Seconds that work which was asked to stop has for saving its state: a database on AWS takes half an hour."""
PATIENCE = 5.0
"""Seconds that what took longer than its grace has to end on SIGTERM; then it gets SIGKILL."""
STRANGERS_GRACE = 10.0
"""Seconds that a kernel which is no step's has for ending its cell, unless what it started saves its state meanwhile."""
STRANGERS_PATIENCE = 1.5
"""Seconds that a stranger's process has to end on SIGINT; then it gets SIGTERM, and after as long again SIGKILL."""
POLL_SECONDS = 0.1
_TURN = {signal.SIGINT: 0.5, signal.SIGTERM: 1.5, signal.SIGKILL: 2.5}


class KernelGroup:
    """The process group that a kernel leads, and what has left it.

    Args:
        leader: The kernel's process id, which is its group's too, and stays so when the kernel has died.
        token: The value of ``TOKEN_VARIABLE`` that the kernel was started with.
    """

    def __init__(self, leader: int, token: str) -> None:
        self._leader, self._token = leader, token
        self._environments: dict[psutil.Process, dict[str, str]] = {}
        self._sent: set[tuple[int, int]] = set()
        self._family: set[psutil.Process] = set()
        self.ended: dict[int, str] = {}
        """The command of each stranger's process that was told to end, and of all that took too long, by process id."""

    def signal(self, number: int) -> None:
        """Send a signal to the kernel and to all it started.

        Work that has left the group to save its state in its own order is not interrupted: whoever started it sees to that.
        """
        work = self.work()
        if number == signal.SIGINT:
            strangers = [process for process in work if not self.saves(process)]
            for process in strangers:
                self._name(process)
            work = strangers
        outside = [process for process in work if not self._within(process)]
        with suppress(ProcessLookupError, PermissionError):  # all of them have ended meanwhile
            os.killpg(self._leader, number)
            os.killpg(self._leader, signal.SIGCONT)  # what was stopped hears nothing
        for process in outside:
            _send(process, number)

    def work(self) -> list[psutil.Process]:
        """What the kernel started and still runs, whoever its parent is by now."""
        self.look()
        return [process for process in psutil.process_iter() if process.pid != self._leader and self._holds(process)]

    def look(self) -> None:
        """Note who descends from the kernel: later it may have another parent, and it may have hidden the rest."""
        if not self._family and not _parent(self._leader):  # as after most cells
            return
        children: dict[int, list[psutil.Process]] = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                children.setdefault(process.ppid(), []).append(process)
        parents = [self._leader, *(process.pid for process in self._family if process.is_running())]
        while parents:
            found = set(children.pop(parents.pop(), ())) - self._family
            self._family |= found
            parents += [process.pid for process in found]

    def left(self) -> list[psutil.Process]:
        """Strangers' processes that would outlive the kernel: those that have left its group."""
        return [process for process in self.work() if not self._within(process) and not self.saves(process)]

    def end_left(self) -> None:
        """End those, and wait until they have ended; what is ending by itself gets a moment."""
        began = time.monotonic()
        while left := self.left():
            waited = time.monotonic() - began
            for number, process in itertools.product((signal.SIGINT, signal.SIGTERM, signal.SIGKILL), left):
                if waited >= STRANGERS_PATIENCE * _TURN[number]:
                    self._end(process, number)
            time.sleep(POLL_SECONDS)

    def let_end(self, grace: float) -> None:
        """Wait until all that the kernel started, and that was asked to stop, has ended; end what takes too long."""
        began = time.monotonic()
        while work := self.work():
            waited = time.monotonic() - began
            for process in work:
                patience, more = (grace, PATIENCE) if self.saves(process) else (STRANGERS_PATIENCE, STRANGERS_PATIENCE)
                if waited >= patience:
                    self._end(process, signal.SIGTERM if waited < patience + more else signal.SIGKILL)
            time.sleep(POLL_SECONDS)

    def end_unless_it_saves(self) -> None:
        """End a kernel and all it started, unless that has a state to save."""
        if not any(self.saves(process) for process in self.work()):
            self.signal(signal.SIGKILL)

    def saves(self, process: psutil.Process) -> bool:
        """Whether a process has a state to save."""
        with suppress(psutil.Error):
            return WORK_VARIABLE in self._environment(process) or process.name().startswith("pulumi")
        return False

    def _end(self, process: psutil.Process, number: int) -> None:
        self._name(process)
        if (process.pid, number) not in self._sent:  # once is enough
            self._sent.add((process.pid, number))
            _send(process, number)

    def _name(self, process: psutil.Process) -> None:
        if command := command_of(process):
            self.ended.setdefault(process.pid, command)

    def _holds(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return (
                process in self._family or self._within(process) or self._environment(process).get(TOKEN_VARIABLE) == self._token
            )
        except psutil.Error:  # it has ended, or is another user's
            return False

    def _within(self, process: psutil.Process) -> bool:
        try:
            return os.getpgid(process.pid) == self._leader
        except OSError:
            return False

    def _environment(self, process: psutil.Process) -> dict[str, str]:
        """What a process was started with; read once, except while it may still become another program."""
        if process not in self._environments:
            found = process.environ()
            if time.time() - process.create_time() < 1:
                return found
            self._environments[process] = found
        return self._environments[process]


def _parent(pid: int) -> bool:
    """Whether a process has children, as far as that can be told at once."""
    try:
        return any(Path(f"/proc/{pid}/task/{task}/children").read_bytes() for task in os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208
    except OSError:  # it has ended; or this is no Linux, or one that does not tell
        return True


def command_of(process: psutil.Process) -> str:
    """What a process runs; nothing, if it has ended."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def _send(process: psutil.Process, number: int) -> None:
    with suppress(psutil.Error):
        process.send_signal(number)
        process.send_signal(signal.SIGCONT)  # what was stopped hears nothing
