"""Who is at work: a process that can be told from a later one with the same number, and from one on another machine."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from pydantic import BaseModel, ConfigDict


class Life(StrEnum):
    """What is known of an owner."""

    HERE = "here"
    """This very process."""
    ALIVE = "alive"
    GONE = "gone"
    ELSEWHERE = "elsewhere"
    """On another machine: nobody can tell from here."""


class Owner(BaseModel):
    """A process, as events name it."""

    model_config = ConfigDict(frozen=True)

    pid: int
    began: str
    """When it began, in the system's own terms: a number is used again, this pair is not until the machine starts again."""
    group: int
    """Its process group: what it started is found by that."""
    host: str
    boot: str
    """Which start of the machine it ran under."""

    @classmethod
    def me(cls) -> Owner:
        """This process."""
        return cls(pid=os.getpid(), began=_began(os.getpid()), group=os.getpgrp(), host=platform.node(), boot=boot())

    def life(self) -> Life:
        """Whether the process still is."""
        if self.boot != boot():
            return Life.GONE if self.host == platform.node() else Life.ELSEWHERE
        if self.host != platform.node():  # containers share the machine's start, and not its processes
            return Life.ELSEWHERE
        if self.pid == os.getpid() and self.began == _began(self.pid):
            return Life.HERE
        return Life.ALIVE if self.began == _began(self.pid) else Life.GONE

    def __str__(self) -> str:
        """For people: ``process 4711 on build-7``."""
        return f"process {self.pid} on {self.host}"


def owner_of(event: dict[str, Any]) -> Owner | None:
    """The owner that an event names; ``None`` for events that name none."""
    return Owner.model_validate(event["owner"]) if event.get("owner") else None


@cache
def boot() -> str:
    """Which start of this machine this is; Linux has a name for it, elsewhere it is the time."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return str(int(psutil.boot_time()))


def _began(pid: int) -> str:
    """When a living process began, empty if there is none; a zombie does nothing any more.

    On Linux in ticks since the machine started: the time that psutil makes of them moves with the clock.
    """
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(process.create_time())
    except psutil.NoSuchProcess:
        return ""
