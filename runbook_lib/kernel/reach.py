"""How a kernel is reached: over Unix sockets that only their owner sees, or over TCP on this machine if it speaks no ipc."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from traitlets.config import Config

from runbook_lib import places, redaction
from runbook_lib.errors import EngineError
from runbook_lib.kernel.group import STRANGERS_GRACE, TOKEN_VARIABLE
from runbook_lib.kernel.guard import Guard
from runbook_lib.kernel.launch import KernelManager
from runbook_lib.kernel.masked import logger
from runbook_lib.kernel.said import Said
from runbook_lib.kernel.stopping import stopping
from runbook_lib.redaction.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runbook_lib.kernel.client import Client

LOOPBACK = "127.0.0.1"
IPC_TIMEOUT = 20.0
"""Seconds in which a kernel that is not known to speak ipc has to answer over it, before it is started again with TCP."""


def execute(
    client: Callable[..., Client], kernel_name: str, *,
    start_timeout: float, notebook_timeout: float | None, grace: float, step: bool, told: Mapping[str, str],
) -> Any:  # fmt: skip
    """Start a kernel and run the notebook in it; when this process is killed meanwhile, all that it started ends in order.

    Args:
        client: Makes what runs the notebook, from keywords about its kernel.
        kernel_name: Which kernel specification.
        start_timeout: Seconds the kernel may take to start.
        notebook_timeout: Seconds the whole notebook may take.
        grace: Seconds that work which was asked to stop has for saving its state.
        step: Whether what the kernel itself does is such work.
        told: Variables for the kernel, under those of this process.

    Raises:
        RuntimeError: The kernel did not start, or died (nbclient's ``DeadKernelError``).
    """
    token = secrets.token_hex(16)
    transports = _transports(kernel_name, start_timeout)
    with (
        _guarded(token, grace, grace if step else STRANGERS_GRACE) as (folder, sockets, guard, said),
        _listening(folder if sockets else None) as contact,
    ):
        if not sockets and transports.pop("ipc", 0.0):
            logger.warning(f"No folder here takes a Unix socket; kernel {kernel_name} is reached over TCP on {LOOPBACK}.")
        for transport, wait in transports.items():
            surroundings = {"token": token, "guard": guard, "said": said, "contact": contact}
            running = client(config=_config(transport, folder), startup_timeout=wait, **surroundings)
            if transport == "tcp":
                running.nb_man.note(transport=f"{transport} on {LOOPBACK}")
            with stopping(running.stop, notebook_timeout):
                try:
                    return running.execute(env={**told, **os.environ, TOKEN_VARIABLE: token})
                except RuntimeError:
                    if transport == "tcp" or running.connected or running.stopped:
                        raise
            logger.warning(f"Kernel {kernel_name} does not answer over ipc; trying TCP on {LOOPBACK}.")
    return None  # pragma: no cover - there is a last transport


def _transports(kernel_name: str, start_timeout: float) -> dict[str, float]:
    """What to try in turn, and the seconds the kernel has to answer; one started elsewhere is reached as Jupyter would."""
    manager: Any = KernelManager(kernel_name=kernel_name)
    if not manager.started_here():
        return {"tcp": start_timeout}
    known = any("ipykernel" in argument for argument in manager.kernel_spec.argv)
    return {"ipc": start_timeout if known else min(start_timeout, IPC_TIMEOUT), "tcp": start_timeout}


def _config(transport: str, folder: str) -> Config:
    # The file is of this folder, because Jupyter's default is the working directory.
    where = {"transport": transport, "connection_file": f"{folder}/connection.json"}
    return Config({"KernelManager": {**where, "ip": f"{folder}/socket" if transport == "ipc" else LOOPBACK}})


@contextmanager
def _listening(folder: str | None) -> Iterator[Any]:
    """Where kernels tell what secrets they learn."""
    listener = Listener(folder, redaction.register)
    try:
        yield listener.contact
    finally:
        listener.close()


@contextmanager
def _guarded(token: str, grace: float, patience: float) -> Iterator[tuple[str, bool, Guard, Said]]:
    """A folder for a kernel's files, whether it takes sockets, who ends it if this process is killed, and what it says."""
    try:
        folder, sockets = str(places.private("runbook-kernel-")), True
    except EngineError:
        folder, sockets = tempfile.mkdtemp(prefix="runbook-kernel-"), False
    said = Said()
    try:
        guard = Guard(folder, token=token, work=grace, kernel=patience, said=said.source)
        try:
            yield folder, sockets, guard, said
        finally:
            guard.end()
    finally:
        said.close()
        shutil.rmtree(folder, ignore_errors=True)
