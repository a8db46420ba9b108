"""The plugin as an engine sees it: its executable, started, and spoken to over gRPC."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from runbook_lib.rehearsal.provider.wire import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

EXECUTABLE = Path(__file__).parents[3] / "runbook_lib/rehearsal/bin/pulumi-resource-aws"


class Plugin:
    """A client of the provider protocol in plain Python values."""

    def __init__(self, port: int) -> None:
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


@contextmanager
def running(environment: dict[str, str]) -> Iterator[Plugin]:
    """The plugin, started as an engine does."""
    with subprocess.Popen([EXECUTABLE, "127.0.0.1:1"], stdout=subprocess.PIPE, env=environment, text=True) as process:
        try:
            assert process.stdout is not None
            yield Plugin(int(process.stdout.readline()))
        finally:
            process.kill()
