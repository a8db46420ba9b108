"""Starts a notebook's kernel: forked by the rehearsal's nursery where there is one, else as Jupyter does."""

from __future__ import annotations

import os
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from runbook_lib.forked import fork


class KernelManager(AsyncKernelManager):
    """Jupyter's own, from which it does not differ against AWS."""

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        provisioner: Any = self.provisioner
        kernel = None
        if type(provisioner) is LocalProvisioner:  # no other: it would start the kernel elsewhere, or in another way
            folder = str(kw.get("cwd") or os.getcwd())  # noqa: PTH109 - it never waits
            # Otherwise it would tell the terminal how to reach it; that its parent is another one it notices.
            command = [*kernel_cmd, f"--IPKernelApp.parent_handle={os.getpid()}"]
            with open(os.devnull) as nothing:  # noqa: ASYNC230, PTH123 - nor does this
                kernel = fork(command, folder=folder, environment=kw["env"], streams=(nothing.fileno(), 1, 2))
        if kernel is None:
            await super()._async_launch_kernel(kernel_cmd, **kw)
            return
        provisioner.process, provisioner.pid, provisioner.pgid, provisioner.cwd = kernel, kernel.pid, kernel.pid, folder
        self._reconcile_connection_info(provisioner.connection_info)
