"""The plugin as an engine sees it: its executable, started, and spoken to over gRPC."""

from __future__ import annotations

import subprocess
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from runbook_lib.rehearsal.provider.wire import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

EXECUTABLE = Path(__file__).parents[3] / "runbook_lib/rehearsal/bin/pulumi-resource-aws"


class Plugin:
    """A client of the provider protocol in plain Python values.

    Attributes:
        said: What it logged to the engine: URN and message.
    """

    def __init__(self, port: int, said: list[tuple[str, str]]) -> None:
        self.said = said
        self.stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}"))

    def check_config(self, **config: Any) -> list[str]:
        answer = self.stub.CheckConfig(pb.CheckRequest(urn=urn("pulumi:providers:aws"), news=encode(config)))
        return [failure.reason for failure in answer.failures]

    def configure(self, **config: Any) -> None:
        self.stub.Configure(pb.ConfigureRequest(args=encode(config), acceptSecrets=True))

    def invoke(self, token: str, **arguments: Any) -> dict[str, Any]:
        return decode(getattr(self.stub.Invoke(pb.InvokeRequest(tok=token, args=encode(arguments))), "return"))

    def check(self, token: str, **inputs: Any) -> tuple[dict[str, Any], dict[str, str]]:
        answer = self.stub.Check(pb.CheckRequest(urn=urn(token), news=encode(inputs), randomSeed=b"seed"))
        return decode(answer.inputs), {failure.property: failure.reason for failure in answer.failures}

    def create(self, token: str, *, preview: bool = False, **inputs: Any) -> tuple[str, dict[str, Any]]:
        answer = self.stub.Create(pb.CreateRequest(urn=urn(token), properties=encode(inputs), preview=preview))
        return answer.id, decode(answer.properties)

    def diff(self, token: str, id_: str, outputs: Any, old: Any, new: Any) -> Any:
        request = pb.DiffRequest(urn=urn(token), id=id_, olds=encode(outputs), old_inputs=encode(old), news=encode(new))
        return self.stub.Diff(request)

    def delete(self, token: str, id_: str, outputs: Any) -> None:
        self.stub.Delete(pb.DeleteRequest(urn=urn(token), id=id_, properties=encode(outputs)))


def urn(token: str) -> str:
    return f"urn:pulumi:test::project::{token}::subject"


class Engine(engine_pb2_grpc.EngineServicer):
    """As much of an engine as a plugin talks to."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def Log(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802  # the protocol's name
        self.said.append((request.urn, request.message))
        return empty_pb2.Empty()


@contextmanager
def running(environment: dict[str, str]) -> Iterator[Plugin]:
    """The plugin, started as an engine does."""
    engine, server = Engine(), grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    with subprocess.Popen([EXECUTABLE, address], stdout=subprocess.PIPE, env=environment, text=True) as process:
        try:
            assert process.stdout is not None
            yield Plugin(int(process.stdout.readline()), engine.said)
        finally:
            process.kill()
            server.stop(None)
