"""A provider over its protocol: `ResourceProvider` calls with the engine's property values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2

from runbook_lib.rehearsal.engine.errors import PartialCreateError, ProviderError
from runbook_lib.rehearsal.engine.plan import Diff, PropertyDiff
from runbook_lib.rehearsal.engine.protos import CHANNEL_OPTIONS, provider_pb2, provider_pb2_grpc
from runbook_lib.rehearsal.engine.provider_types import Failure, ReadResult, marked, refuse
from runbook_lib.rehearsal.engine.serialize import serialize
from runbook_lib.rehearsal.engine.urn import Urn
from runbook_lib.rehearsal.engine.values import Properties, contains, without_secrets
from runbook_lib.rehearsal.engine.wire import pack, unpack
from runbook_lib.rehearsal.values import Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from google.protobuf import struct_pb2

START_SECONDS = 60.0


class Provider:
    """One configured provider: a connection to a plugin.

    Args:
        address: Where the plugin serves.
        package: The package, for messages.
    """

    def __init__(self, address: str, package: str) -> None:
        self.package = package
        self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._secrets = False
        self._references = False
        self.previews = False
        self.configured = False

    def handshake(self, engine_address: str, root: Path, program: Path) -> None:
        """Introduce the engine; a plugin that does not know the call has its address from the command line."""
        request = provider_pb2.ProviderHandshakeRequest(
            engine_address=engine_address, root_directory=str(root), program_directory=str(program)
        )
        try:
            answer = self._stub.Handshake(request, wait_for_ready=True, timeout=START_SECONDS)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNIMPLEMENTED:
                refuse(error)
            return
        self._secrets, self._references = answer.accept_secrets, answer.accept_resources

    def _pack(self, properties: Properties) -> struct_pb2.Struct:
        return pack(properties, secrets=self._secrets, references=self._references)

    def _names(self, urn: str) -> dict[str, Any]:
        parts = Urn.parse(urn)
        return {"urn": urn, "name": parts.name, "type": parts.type}

    def _call(self, method: str, request: Any, *, timeout: float | None = None) -> Any:
        try:
            return getattr(self._stub, method)(request, timeout=timeout)
        except grpc.RpcError as error:
            refuse(error)

    def check(
        self, urn: str, olds: Properties, news: Properties, seed: bytes, *, config: bool = False
    ) -> tuple[Properties, list[Failure]]:
        """Validate inputs and fill in defaults; `config` for those of the provider itself."""
        request = provider_pb2.CheckRequest(olds=self._pack(olds), news=self._pack(news), randomSeed=seed, **self._names(urn))
        answer = self._call("CheckConfig" if config else "Check", request)
        inputs = unpack(answer.inputs)
        failures = [Failure(item.property, item.reason) for item in answer.failures]
        return (inputs if self._secrets else marked(inputs, news)), failures

    def configure(self, urn: str, identity: str, inputs: Properties) -> None:
        """Configure the provider with its checked inputs."""
        if any(contains(value, Unknown) for value in inputs.values()):
            return  # a preview whose configuration is not known: calls answer with what they were given
        plain = without_secrets(inputs)
        texts = {
            f"{self.package}:config:{key}": value if isinstance(value, str) else json.dumps(serialize(value, None))
            for key, value in plain.items()
        }
        answer = self._call(
            "Configure",
            provider_pb2.ConfigureRequest(
                variables=texts,
                args=self._pack(inputs),
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
                id=identity,
                **self._names(urn),
            ),
        )
        self._secrets, self._references = answer.acceptSecrets, answer.acceptResources
        self.previews, self.configured = answer.supportsPreview, True

    def diff(
        self,
        urn: str,
        identity: str,
        *,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: list[str],
        config: bool = False,
    ) -> Diff:
        """Ask what changing to new inputs means."""
        request = provider_pb2.DiffRequest(
            id=identity,
            olds=self._pack(old_outputs),
            news=self._pack(news),
            old_inputs=self._pack(old_inputs),
            ignoreChanges=ignore,
            **self._names(urn),
        )
        try:
            answer = getattr(self._stub, "DiffConfig" if config else "Diff")(request)
        except grpc.RpcError as error:
            if config and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return Diff(changes=None)
            refuse(error)
        unknown, none = provider_pb2.DiffResponse.DIFF_UNKNOWN, provider_pb2.DiffResponse.DIFF_NONE
        detailed = {
            path: PropertyDiff(provider_pb2.PropertyDiff.Kind.Name(item.kind).lower().replace("_", "-"), item.inputDiff)
            for path, item in sorted(answer.detailedDiff.items())
        }
        return Diff(
            changes=None if answer.changes == unknown else answer.changes != none,
            replaces=list(answer.replaces),
            changed=list(answer.diffs),
            stables=list(answer.stables),
            delete_before_replace=answer.deleteBeforeReplace,
            detailed=detailed if answer.hasDetailedDiff or detailed else None,
        )

    def create(self, urn: str, inputs: Properties, *, timeout: float, preview: bool) -> tuple[str, Properties]:
        """Create a resource, or in a preview say what creating would give."""
        request = provider_pb2.CreateRequest(properties=self._pack(inputs), timeout=timeout, preview=preview, **self._names(urn))
        answer = self._call("Create", request)
        if not answer.id and not preview:
            raise ProviderError(f"plugin for package '{self.package}' returned no id for {urn}")
        return answer.id, self._outputs(answer.properties, inputs)

    def update(
        self,
        urn: str,
        identity: str,
        *,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: list[str],
        timeout: float,
        preview: bool,
    ) -> Properties:
        """Update a resource in place."""
        request = provider_pb2.UpdateRequest(
            id=identity,
            olds=self._pack(old_outputs),
            old_inputs=self._pack(old_inputs),
            news=self._pack(news),
            ignoreChanges=ignore,
            timeout=timeout,
            preview=preview,
            **self._names(urn),
        )
        return self._outputs(self._call("Update", request).properties, news)

    def delete(self, urn: str, identity: str, inputs: Properties, outputs: Properties, *, timeout: float) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            id=identity,
            properties=self._pack(outputs),
            old_inputs=self._pack(inputs),
            timeout=timeout,
            **self._names(urn),
        )
        self._call("Delete", request)

    def read(self, urn: str, identity: str, inputs: Properties, outputs: Properties) -> ReadResult:
        """Read a resource as it is now."""
        request = provider_pb2.ReadRequest(
            id=identity, properties=self._pack(outputs), inputs=self._pack(inputs), **self._names(urn)
        )
        try:
            answer = self._call("Read", request)
        except PartialCreateError as error:
            return ReadResult(error.identity, error.outputs, error.inputs, error.reasons)
        read_inputs = unpack(answer.inputs) if answer.HasField("inputs") else None
        return ReadResult(answer.id, self._outputs(answer.properties, inputs), read_inputs)

    def invoke(self, token: str, arguments: Properties, *, preview: bool) -> tuple[Properties, list[Failure]]:
        """Call a function."""
        request = provider_pb2.InvokeRequest(tok=token, args=self._pack(arguments), preview=preview)
        answer = self._call("Invoke", request)
        failures = [Failure(item.property, item.reason) for item in answer.failures]
        return unpack(getattr(answer, "return")), failures

    def cancel(self) -> None:
        """Ask the provider to give up what it is doing; one that cannot is ended with its process."""
        try:
            self._stub.Cancel(empty_pb2.Empty(), timeout=1.0)
        except grpc.RpcError:
            return

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def _outputs(self, struct: struct_pb2.Struct, inputs: Properties) -> Properties:
        outputs = unpack(struct)
        return outputs if self._secrets else marked(outputs, inputs)
