"""Starts a notebook's kernel, under guard: forked by the rehearsal's nursery where there is one, else as Jupyter does."""

from __future__ import annotations

import os
from queue import Empty
from typing import TYPE_CHECKING, Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type, default

from runbook_lib.forked import fork

if TYPE_CHECKING:
    from runbook_lib.kernel.guard import Guard
    from runbook_lib.kernel.said import Said

NOBODY = "1"
"""As its parent's process id it keeps ipykernel from watching its parent: it would end at once with the runner, in the middle of
its cell, while `guard` has it end in order."""


LOOKS_EACH_SECONDS = 0.01
"""How often a kernel that was asked to end is looked at; Jupyter's 0.1 s would be most of what its end takes."""


class KernelClient(AsyncKernelClient):
    """Jupyter's own, but for what it waits for once a kernel has answered: to have heard it all, not for 0.2 s of silence."""

    @default("context")
    def _listens_without_limit(self) -> Any:
        """ZeroMQ drops what is said beyond 1,000 messages that its reader has not taken; ours masks, and may be behind."""
        context: Any = super()._context_default()
        context.rcvhwm = 0
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - Jupyter's signature
        """Return when the kernel answers and what it said of its start has been taken in.

        Raises:
            RuntimeError: It does not answer, or died.
        """
        channel: Any = self.iopub_channel
        receive = channel.get_msg
        asked = ""
        heard = False

        async def get_msg(*arguments: Any, **keywords: Any) -> Any:
            nonlocal asked, heard
            if heard:
                raise Empty
            message = await receive(*arguments, **keywords)
            # From its first message on none is lost. One question more, and it has said all when it is idle after that.
            asked = asked or self.kernel_info()
            parent, state = message["parent_header"].get("msg_id"), message["content"].get("execution_state")
            heard = parent == asked and state == "idle"
            return message

        channel.get_msg = get_msg
        try:
            await super().wait_for_ready(timeout=timeout)
        finally:
            channel.get_msg = receive


class KernelManager(AsyncKernelManager):
    """Jupyter's own, whose kernels outlive a killed runner only as long as they need to end in order."""

    client_factory = Type(KernelClient)
    guard: Guard | None = None
    said: Said | None = None

    def started_here(self) -> bool:
        """Whether the kernel will be a process of this machine, started by Jupyter itself."""
        metadata: dict[str, Any] = getattr(self.kernel_spec, "metadata", None) or {}
        usual = KernelProvisionerFactory.instance().default_provisioner_name
        return bool(metadata.get("kernel_provisioner", {}).get("provisioner_name", usual) == "local-provisioner")

    async def _async_wait(self, pollinterval: float = LOOKS_EACH_SECONDS) -> None:
        await super()._async_wait(pollinterval=min(pollinterval, LOOKS_EACH_SECONDS))

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        provisioner: Any = self.provisioner
        if isinstance(provisioner, LocalProvisioner) and self.said:
            kw["stdout"] = kw["stderr"] = self.said.target
        if type(provisioner) is not LocalProvisioner or self.guard is None:  # it would start it elsewhere, or in another way
            await super()._async_launch_kernel(kernel_cmd, **kw)
            return
        folder = str(kw.get("cwd") or os.getcwd())  # noqa: PTH109 - it never waits
        command = [*kernel_cmd, f"--IPKernelApp.parent_handle={NOBODY}"]
        with open(os.devnull) as nothing:  # noqa: ASYNC230, PTH123 - nor does this
            kernel: Any = fork(
                command,
                folder=folder,
                environment=kw["env"],
                streams=(nothing.fileno(), kw.get("stdout", 1), kw.get("stderr", 2)),
            )
        if kernel is None:
            kw["env"]["JPY_PARENT_PID"] = NOBODY
            await super()._async_launch_kernel(kernel_cmd, independent=True, preexec_fn=self.guard.announce, **kw)
            return
        self.guard.watch(kernel.pid, kernel.fileno())
        provisioner.process, provisioner.pid, provisioner.pgid, provisioner.cwd = kernel, kernel.pid, kernel.pid, folder
        self._reconcile_connection_info(provisioner.connection_info)
