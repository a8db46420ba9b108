"""The provider of the conformance set: things kept as files, so that a test can look at them, break them and count them.

A thing is `<CONFORMANCE_DIR>/<id>.json`. Every call leaves one line `<call> <start|end> <name>` in `<CONFORMANCE_DIR>/calls.log`.
Properties of `conformance:index:Thing`:
  value       any value; changing it updates the thing, and `echo` (computed) repeats it
  immutable   changing it replaces the thing, a new one first
  singular    changing it replaces the thing, the old one deleted first
  seconds     how long create and delete take
  fail        the name of a call that shall fail ("create", "update", "delete", "check")
  password    returned as a secret
"""

# ruff: noqa: N802 - method names are the protocol's

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import uuid
from concurrent import futures
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = {"value", "immutable", "singular", "seconds", "fail", "password", "file"}
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
Properties = dict[str, Any]


def plain(struct: struct_pb2.Struct) -> Properties:
    """Unpack a struct; secrets lose their wrapping."""

    def unwrap(value: Any) -> Any:
        if isinstance(value, dict):
            return (
                unwrap(value["value"]) if value.get(SIGNATURE) == SECRET else {key: unwrap(item) for key, item in value.items()}
            )
        return [unwrap(item) for item in value] if isinstance(value, list) else value

    return {key: unwrap(item) for key, item in json_format.MessageToDict(struct).items()}


def packed(properties: Properties) -> struct_pb2.Struct:
    """Pack properties into a struct, `password` as a secret."""
    struct = struct_pb2.Struct()
    wrapped = dict(properties)
    if "password" in wrapped:
        wrapped["password"] = {SIGNATURE: SECRET, "value": wrapped["password"]}
    struct.update(wrapped)
    return struct


class ConformanceProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Things in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def _logged(self, call: str, urn: str, properties: Properties, context: grpc.ServicerContext) -> Iterator[None]:
        name = urn.rsplit("::", 1)[1]
        self._log(f"{call} start {name}")
        time.sleep(float(properties.get("seconds") or 0))
        if properties.get("fail") == call:
            self._log(f"{call} failed {name}")
            context.abort(grpc.StatusCode.UNKNOWN, f"{name} was told to fail its {call}")
        yield
        self._log(f"{call} end {name}")

    def _log(self, line: str) -> None:
        with (self.folder / "calls.log").open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _file(self, identity: str) -> Path:
        return self.folder / f"{identity}.json"

    def Handshake(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        self._log("configure start provider")
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True, supportsPreview=True)

    def Check(self, request: Any, _context: grpc.ServicerContext) -> Any:
        news = plain(request.news)
        failures = [
            provider_pb2.CheckFailure(property=key, reason=f"a thing has no property {key!r}")
            for key in sorted(set(news) - KNOWN)
        ]
        if news.get("fail") == "check":
            failures.append(provider_pb2.CheckFailure(reason="told to fail its check"))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: Any, _context: grpc.ServicerContext) -> Any:
        old, new = plain(request.old_inputs), plain(request.news)
        changed = sorted(
            key for key in KNOWN - {"fail", "seconds"} if old.get(key) != new.get(key) and key not in request.ignoreChanges
        )
        replaces = [key for key in changed if key in {"immutable", "singular"}]
        detailed = {}
        for key in changed:
            kind = "ADD" if key not in old else "DELETE" if key not in new else "UPDATE"
            suffix = "_REPLACE" if key in replaces else ""
            detailed[key] = provider_pb2.PropertyDiff(kind=kind + suffix, inputDiff=True)
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some if changed else none,
            diffs=changed,
            replaces=replaces,
            deleteBeforeReplace="singular" in replaces,
            detailedDiff=detailed,
            hasDetailedDiff=True,
        )

    def _state(self, inputs: Properties) -> Properties:
        return {**inputs, "echo": inputs.get("value")}

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs = plain(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=packed({**inputs, "echo": UNKNOWN}))
        with self._logged("create", request.urn, inputs, context):
            identity = f"{request.urn.rsplit('::', 1)[1]}-{uuid.uuid4().hex[:8]}"
            self._file(identity).write_text(json.dumps(self._state(inputs)))
        return provider_pb2.CreateResponse(id=identity, properties=packed(self._state(inputs)))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        if not self._file(request.id).exists():
            return provider_pb2.ReadResponse()
        state = json.loads(self._file(request.id).read_text())
        inputs = {key: state[key] for key in KNOWN & set(state)}
        with self._logged("read", request.urn, {}, context):
            return provider_pb2.ReadResponse(id=request.id, properties=packed(state), inputs=packed(inputs))

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs = plain(request.news)
        if not request.preview:
            with self._logged("update", request.urn, inputs, context):
                self._file(request.id).write_text(json.dumps(self._state(inputs)))
        return provider_pb2.UpdateResponse(properties=packed(self._state(inputs)))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._logged("delete", request.urn, plain(request.properties), context):
            self._file(request.id).unlink(missing_ok=True)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.tok != "conformance:index:shout":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"conformance has no function {request.tok}")
        text = plain(request.args)["text"]
        return provider_pb2.InvokeResponse(**{"return": packed({"text": text.upper()})})

    def Cancel(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()


def main() -> None:
    """Serve on a free loopback port, print it, and end when the engine closes our standard input or kills us."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ConformanceProvider(Path(os.environ["CONFORMANCE_DIR"])), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the real engine ends its plugins with SIGINT
    server.wait_for_termination()


if __name__ == "__main__":
    main()
