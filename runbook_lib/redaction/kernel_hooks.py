"""What a kernel learns reaches whoever writes its notebook, as a message of its own, before anything that could show it.

The message is ``runbook_secret`` on the channel that also carries the output, ``{"secret": …, "name": …}``: it is queued
before ``register`` returns, so that it arrives before whatever is printed afterwards. It is never part of a record. A process
that the kernel forked has the kernel say it; one that it started anew knows no kernel, and its secrets are its own.
"""

from __future__ import annotations

from typing import Any

from runbook_lib.redaction import known, learning
from runbook_lib.redaction.from_forks import Back

MESSAGE = "runbook_secret"
KERNEL_SETUP = f"""\
try:
    __import__({__name__!r}, fromlist=["install"]).install()
except ImportError:
    pass
"""
"""What a Python kernel is told to run, silently, before the first cell; where the runbook is not installed it does nothing."""


def install() -> None:
    """Make this process, a kernel, say what it learns.

    Raises:
        RuntimeError: This is no kernel.
    """
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        msg = "this process is no Jupyter kernel"
        raise RuntimeError(msg)
    said: dict[str, str] = {}

    back = Back(known.register)

    def tell(secret: str, name: str) -> None:
        if back.forked():
            back.tell(secret, name)
            return
        said.setdefault(secret, name)
        kernel = shell.kernel
        kernel.session.send(
            kernel.iopub_socket, MESSAGE, {"secret": secret, "name": name}, parent=kernel.get_parent("shell"),
            ident=f"kernel.{kernel.ident}.{MESSAGE}".encode(),
        )  # fmt: skip

    def again(*_: Any) -> None:
        """Only what is said during a cell is heard: what a thread learned between two is said once more."""
        for secret, name in list(said.items()):
            tell(secret, name)

    known.KNOWN.tell = tell
    shell.events.register("pre_run_cell", again)
    learning.watch()
