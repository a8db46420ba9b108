"""Ends a kernel whose runner was killed: asked first, so that what it does is left in order and on record.

The kernel is kept alive while work it has started saves its state, because that work writes into the kernel's pipes.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from queue import Empty

import psutil

from runbook_lib.kernel.group import KernelGroup


def settle(folder: Path, token: str, work: float, patience: float, kernel: int) -> None:
    """Interrupt a kernel and what it started, wait for them, and end what takes too long.

    Args:
        folder: The kernel's sockets and connection file.
        token: The kernel's.
        work: Seconds that work has for saving its state.
        patience: Seconds that the kernel itself has for ending its cell.
        kernel: Its process id.
    """
    group = KernelGroup(kernel, token)
    group.signal(signal.SIGINT)
    group.let_end(work)
    _let_idle(kernel, folder / "connection.json", patience)
    group.let_end(work)  # what its cell started to clean up
    group.signal(signal.SIGKILL)


def _let_idle(kernel: int, connection: Path, seconds: float) -> None:
    """Wait until the kernel's cell has ended: it answers the next question only then."""
    from jupyter_client.blocking.client import BlockingKernelClient

    if not connection.exists():
        return
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels(stdin=False, hb=False, iopub=False, control=False)
    try:
        deadline, question = time.monotonic() + seconds, client.kernel_info()
        while time.monotonic() < deadline and _alive(kernel):
            try:
                if client.get_shell_msg(timeout=1)["parent_header"].get("msg_id") == question:
                    return
            except Empty:
                continue
    finally:
        client.stop_channels()


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _drain(said: int) -> None:
    """Read what the kernel and its work say: whom nobody listens to waits, and never ends in order."""
    while os.read(said, 65_536):
        pass


def main(folder: str, token: str, work: str, patience: str, said: str, *kernels: str) -> None:
    """What `guard` starts in its own place."""
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    threading.Thread(target=_drain, args=[int(said)], daemon=True).start()
    os.chdir("/")  # whoever removes the runner's folder need not wait
    try:
        for kernel in kernels:
            settle(Path(folder), token, float(work), float(patience), int(kernel))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
