"""The engine's own address: both services on one loopback port."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc

from runbook_lib.rehearsal.engine.protos import CHANNEL_OPTIONS, engine_pb2_grpc, resource_pb2_grpc

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.engine_service import EngineService
    from runbook_lib.rehearsal.engine.monitor import Monitor

SPARE_THREADS = 64
THREADS_PER_SLOT = 5


class Server:
    """Listens before its services exist, because plugins are told the address first.

    Args:
        parallel: How many steps may be under way; the program may have several registrations waiting for each.
    """

    def __init__(self, parallel: int) -> None:
        pool = ThreadPoolExecutor(max_workers=parallel * THREADS_PER_SLOT + SPARE_THREADS, thread_name_prefix="rpc")
        self._server = grpc.server(pool, options=CHANNEL_OPTIONS)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def serve(self, monitor: Monitor | None, engine: EngineService) -> None:
        """Begin to answer; without a monitor only log calls."""
        if monitor is not None:
            resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(engine, self._server)
        self._server.start()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop(grace=None)
