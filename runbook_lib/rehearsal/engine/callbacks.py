"""Calling the program back: its SDK serves the functions that it has handed to the engine."""

from __future__ import annotations

import threading
from typing import Any

import grpc

from runbook_lib.rehearsal.engine.protos import callback_pb2, callback_pb2_grpc


class Callbacks:
    """The connections to whoever serves callbacks, one for each address."""

    def __init__(self) -> None:
        self._stubs: dict[str, Any] = {}
        self._lock = threading.Lock()

    def call(self, callback: Any, question: Any) -> bytes:
        """Ask one function.

        Args:
            callback: Where it is, as the program has registered it.
            question: The message it takes.

        Raises:
            grpc.RpcError: if it raised, or is not there any more.
        """
        with self._lock:
            stub = self._stubs.get(callback.target)
            if stub is None:
                channel = grpc.insecure_channel(callback.target)
                stub = self._stubs[callback.target] = callback_pb2_grpc.CallbacksStub(channel)
        request = callback_pb2.CallbackInvokeRequest(token=callback.token, request=question.SerializeToString())
        return bytes(stub.Invoke(request).response)
