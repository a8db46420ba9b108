"""What a kernel, or a process that it forked, learns reaches whoever writes its notebook, before anything can show it.

A process that the kernel started anew knows no writer, and its secrets are its own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from runbook_lib.redaction import known, learning
from runbook_lib.redaction.listener import tell


def set_up(contact: Any) -> str:
    """What a Python kernel is told to run, silently, before the first cell.

    Where the runbook is not installed it does nothing.

    Args:
        contact: The listener's.
    """
    return f"try:\n    __import__({__name__!r}, fromlist=['install']).install({contact!r})\nexcept ImportError:\n    pass\n"


def install(contact: Any) -> None:
    """Make this process, a kernel, say what it learns.

    Raises:
        RuntimeError: The writer cannot be reached from here.
    """
    if not tell(contact, "", ""):
        msg = "the runner that writes this notebook cannot be reached"
        raise RuntimeError(msg)
    known.KNOWN.tell = partial(tell, contact)
    learning.watch()
