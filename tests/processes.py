"""Processes as they are at one moment: whichever is asked about may end between two questions."""

from __future__ import annotations

import psutil


def at_work(process: psutil.Process) -> bool:
    """Whether it is there and has not ended; who has ended and was not waited for yet (a zombie) is at work no longer."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def saying(words: str, processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have ``words`` in their command line."""
    return [each for each in processes if words in _command_line(each)]


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
