"""Locks of the file backend: one file per process that works on a stack."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import uuid
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.backend import utc_now
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.yaml_io import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runbook_lib.rehearsal.engine.backend import StoredStack


def user() -> str:
    """Who works; by number where the system has no name for it (``docker run --user 12345``)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # by Python version
        return str(os.getuid())


@contextlib.contextmanager
def locked(stack: StoredStack) -> Iterator[None]:
    """Hold the stack's lock.

    Raises:
        EngineError: if another process holds one; looked at before and after taking ours, as the real command does.
    """
    ours = stack.locks / f"{uuid.uuid4()}.json"
    _refuse_others(stack, ours)
    content = {"pid": os.getpid(), "username": user(), "hostname": socket.gethostname()}
    write_atomically(ours, json.dumps({**content, "timestamp": utc_now()}).encode())
    try:
        _refuse_others(stack, ours)
        yield
    finally:
        ours.unlink(missing_ok=True)


def clear(stack: StoredStack) -> None:
    """Remove every lock of a stack: `pulumi cancel`."""
    for lock in stack.locks.glob("*.json"):
        lock.unlink(missing_ok=True)


def _refuse_others(stack: StoredStack, ours: Path) -> None:
    others = {file: _read(file) for file in sorted(stack.locks.glob("*.json")) if file != ours}
    if not others:
        return
    lines = [
        f"\n  file://{file}: created by {lock['username']}@{lock['hostname']} (pid {lock['pid']}) at "
        f"{lock['timestamp']}{_liveness(lock)}"
        for file, lock in others.items()
    ]
    raise EngineError(
        f"the stack is currently locked by {len(others)} lock(s). Either wait for the other process(es) to end "
        f"or delete the lock file with `pulumi cancel`.{''.join(lines)}"
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_bytes()))
    except (OSError, ValueError):
        return {"username": "?", "hostname": "?", "pid": "?", "timestamp": "an unknown time (the lock is unreadable)"}


def _liveness(lock: dict[str, Any]) -> str:
    if lock["hostname"] != socket.gethostname() or not isinstance(lock["pid"], int):
        return ""
    try:
        os.kill(lock["pid"], 0)
    except ProcessLookupError:
        return " - that process is gone, so the lock is stale: `pulumi cancel` clears it"
    except PermissionError:
        return ""
    return ""
