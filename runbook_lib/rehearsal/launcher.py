"""Serves MiniStack in this process, on the listening socket that ``emulator`` hands over as a descriptor.

Usage: ``python -m runbook_lib.rehearsal.launcher DESCRIPTOR``. Its own command line would bind by itself (a race for the
port), know nothing of AWS's RDS catalogue, and leave files in the shared temporary directory.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack

from runbook_lib.rehearsal import catalogue_hooks

# Both names of this machine, so that an API is reached by either; MiniStack knows the one in MINISTACK_HOST.
EXECUTE_API = re.compile(r"^([a-f0-9]{8})\.execute-api\.(?:localhost|127\.0\.0\.1)(?::\d+)?$")


async def _serve(descriptor: int) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.keep_alive_timeout = 75  # longer than any client keeps a pooled connection idle
    config.graceful_timeout = 1
    await serve(catalogue_hooks.wrap(ministack.app), config, shutdown_trigger=stopping.wait)


if __name__ == "__main__":
    ministack._EXECUTE_API_RE = EXECUTE_API  # noqa: SLF001  # MiniStack has no setting for it
    catalogue_hooks.install()
    asyncio.run(_serve(int(sys.argv[1])))
