"""Serves MiniStack in this process, on the listening socket that ``emulator`` hands over as a descriptor.

Usage: ``python -m runbook_lib.rehearsal.launcher DESCRIPTOR``. Its own command line would bind by itself (a race for
the port), know nothing of AWS's RDS catalogue, and leave files in the shared temporary directory.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack

from runbook_lib.rehearsal import (
    acl_hooks,
    action_hooks,
    catalogue_hooks,
    certificate_hooks,
    endpoint_hooks,
    flow_log_hooks,
    function_hooks,
    instance_hooks,
    managed_key_hooks,
    model_hooks,
    quota_hooks,
    tag_hooks,
)

# Both names of this machine, so that an API is reached by either; MiniStack knows the one in MINISTACK_HOST.
EXECUTE_API = re.compile(r"^([a-f0-9]{8})\.execute-api\.(?:localhost|127\.0\.0\.1)(?::\d+)?$")

# Of its own paths for health only these: it would answer /health on every Host, a load balancer's included.
HEALTH_PATHS = ("/_ministack/health", "/_localstack/health")
pin_request_origin = ministack.pin_request_origin


def _over_tls(address: str, _secure: bool) -> Any:  # noqa: FBT001  # MiniStack's signature
    """Loopback without TLS stands for AWS with it: policies that demand ``aws:SecureTransport`` see it as given."""
    return pin_request_origin(address, True)  # noqa: FBT003  # MiniStack's signature


async def _serve(descriptor: int) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.keep_alive_timeout = 75  # longer than any client keeps a pooled connection idle
    config.graceful_timeout = 1
    await serve(action_hooks.wrap(quota_hooks.wrap(catalogue_hooks.wrap(ministack.app))), config, shutdown_trigger=stopping.wait)


if __name__ == "__main__":
    # MiniStack has no settings for these.
    ministack._EXECUTE_API_RE = EXECUTE_API  # noqa: SLF001  # private, and pinned with its version
    ministack._HEALTH_PATHS = HEALTH_PATHS  # noqa: SLF001  # the same
    ministack.pin_request_origin = _over_tls
    catalogue_hooks.install()
    acl_hooks.install()
    action_hooks.install()
    certificate_hooks.install()
    endpoint_hooks.install()
    flow_log_hooks.install()
    function_hooks.install()
    instance_hooks.install()
    managed_key_hooks.install()
    model_hooks.install()
    tag_hooks.install()
    asyncio.run(_serve(int(sys.argv[1])))
