# ruff: noqa: N802, ARG002 -- method names and parameters are the protocol's
"""Pulumi's provider protocol (gRPC ``pulumirpc.ResourceProvider``) in front of ``lifecycle`` and the look-ups.

Usage: ``pulumi-resource-aws [ENGINE_ADDRESS]``: prints its port as the first line, then serves until the process that
started it is gone.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import threading
import time
from concurrent import futures
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

from runbook_lib.rehearsal.provider import configuration, registry
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle
from runbook_lib.rehearsal.provider.replies import answering, check_failures, diff_response
from runbook_lib.rehearsal.provider.wire import decode, encode, plain

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

WORKERS = 64
LARGEST_MESSAGE = 400 * 1024 * 1024  # bytes; what Pulumi's own engine allows
PARENT_SECONDS = 0.5
ONLY_PREVIEWED = "can be previewed only: the rehearsal has no code for this type, so an update will refuse to make it"


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The protocol's methods; each request has a thread of its own.

    Args:
        engine: The address of the engine that started this; it shows what is said to it.
    """

    def __init__(self, engine: str = "") -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine)) if engine else None
        self._session: Session | None = None
        # Importing the SDK and boto3 takes a second, which the engine spends elsewhere if it starts now.
        self._warm = threading.Thread(target=_warm_up, daemon=True)
        self._warm.start()

    def _of(self, request: Any) -> Lifecycle:
        if self._session is None:
            raise ProviderError("the provider has not been configured")
        return Lifecycle(request.urn.split("::")[2].rpartition("$")[2], self._session)

    @answering
    def Handshake(self, request: Any, context: Any) -> Any:
        """What this provider can take."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=False, accept_outputs=False)

    @answering
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version: the installed SDK's, whose types these are."""
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    @answering
    def GetSchema(self, request: Any, context: Any) -> Any:
        """Just enough of a schema to say what can be rehearsed."""
        schema = {
            "name": "aws",
            "version": version("pulumi-aws"),
            "resources": {token: {} for token in registry.resources()},
            "functions": {token: {} for token in registry.functions()},
        }
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    @answering
    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Refuse a configuration that leads anywhere but to this machine."""
        given = decode(request.news)
        failures = list(configuration.failures(configuration.decode(given)))
        return provider_pb2.CheckResponse(inputs=request.news, failures=check_failures(failures))

    @answering
    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Another configuration is an update, never a replacement: the resources stay where they are."""
        old, new = plain(decode(request.old_inputs)) or plain(decode(request.olds)), plain(decode(request.news))
        moved = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key) and key != "version")
        changes = provider_pb2.DiffResponse.DIFF_SOME if moved else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=changes, diffs=moved)

    @answering
    def Configure(self, request: Any, context: Any) -> Any:
        """Make the session."""
        self._warm.join()
        self._session = configuration.session(configuration.decode(decode(request.args)))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @answering
    def Invoke(self, request: Any, context: Any) -> Any:
        """A look-up."""
        found = registry.functions().get(request.tok)
        if found is None:
            raise ProviderError(f"cannot be rehearsed; {registry.alike(request.tok, registry.functions())}")
        if self._session is None:
            raise ProviderError("the provider has not been configured")
        arguments = plain(decode(request.args))
        answer = found(self._session.at(arguments.get("region")), arguments)
        return provider_pb2.InvokeResponse(**{"return": encode(answer)})  # the field's name is a keyword of Python

    @answering
    def Check(self, request: Any, context: Any) -> Any:
        """Fill in defaults, refuse what does not fit."""
        name = request.name or request.urn.rpartition("::")[2]
        inputs, failures = self._of(request).check(name, plain(decode(request.olds)), decode(request.news), request.randomSeed)
        return provider_pb2.CheckResponse(inputs=encode(inputs), failures=check_failures(failures))

    @answering
    def Diff(self, request: Any, context: Any) -> Any:
        """Old inputs against new ones."""
        difference = self._of(request).diff(decode(request.olds), decode(request.old_inputs), decode(request.news))
        return diff_response(difference.without(request.ignoreChanges))

    @answering
    def Create(self, request: Any, context: Any) -> Any:
        """Make a resource."""
        lifecycle = self._of(request)
        id_, outputs = lifecycle.create(decode(request.properties), preview=request.preview)
        if request.preview and lifecycle.known is None and self._engine is not None:
            warning = engine_pb2.LogRequest(severity=engine_pb2.WARNING, urn=request.urn, message=ONLY_PREVIEWED)
            self._engine.Log(warning)
        return provider_pb2.CreateResponse(id=id_, properties=encode(outputs))

    @answering
    def Read(self, request: Any, context: Any) -> Any:
        """Look at a resource as it is; no id in the answer means that it is gone."""
        found = self._of(request).read(request.id, decode(request.properties), decode(request.inputs))
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=request.id, properties=encode(found[0]), inputs=encode(found[1]))

    @answering
    def Update(self, request: Any, context: Any) -> Any:
        """Change a resource in place."""
        outputs = self._of(request).update(
            request.id,
            decode(request.olds),
            decode(request.old_inputs),
            decode(request.news),
            preview=request.preview,
        )
        return provider_pb2.UpdateResponse(properties=encode(outputs))

    @answering
    def Delete(self, request: Any, context: Any) -> Any:
        """Remove a resource."""
        self._of(request).delete(request.id, decode(request.properties))
        return empty_pb2.Empty()

    @answering
    def Cancel(self, request: Any, context: Any) -> Any:
        """Every operation here is short: what runs is let finish."""
        return empty_pb2.Empty()

    @answering
    def Attach(self, request: Any, context: Any) -> Any:
        """Nothing is ever asked of the engine."""
        return empty_pb2.Empty()


def _warm_up() -> None:
    """Import what the first request would wait for; what fails here fails again there, and is told there."""
    with suppress(ImportError):
        importlib.import_module("pulumi_aws")
        importlib.import_module("boto3")


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(0)


def main() -> None:
    """Serve on a free loopback port, and say which."""
    parent = os.getppid()  # before the port is told: who is gone by then breaks that pipe, who goes later is missed
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    options = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", LARGEST_MESSAGE)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=WORKERS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(*sys.argv[1:2]), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201  # the protocol
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
