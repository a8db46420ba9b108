"""What provider calls answer with, and what their failures mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from runbook_lib.rehearsal.engine.errors import PartialCreateError, ProviderError
from runbook_lib.rehearsal.engine.values import Properties, contains
from runbook_lib.rehearsal.values import Secret

if TYPE_CHECKING:
    import grpc

STATUS_DETAILS = "grpc-status-details-bin"


@dataclass(frozen=True)
class Failure:
    """A property that a provider's check refuses."""

    property: str
    reason: str


@dataclass(frozen=True)
class ReadResult:
    """What a provider read; no `identity` means that the resource is gone."""

    identity: str
    outputs: Properties
    inputs: Properties | None
    init_errors: list[str] = field(default_factory=list)


def marked(outputs: Properties, inputs: Properties) -> Properties:
    """For a provider that does not know secrets: what was a secret going in is one coming out."""
    return {
        key: Secret(value) if key in inputs and contains(inputs[key], Secret) and not isinstance(value, Secret) else value
        for key, value in outputs.items()
    }


def refuse(error: grpc.RpcError) -> NoReturn:
    """Turn a failed call into what it means: a resource that half exists, or a plain refusal."""
    import grpc

    from runbook_lib.rehearsal.engine.protos import provider_pb2, status_pb2
    from runbook_lib.rehearsal.engine.wire import unpack

    message = error.details() or str(error.code())
    for key, value in error.trailing_metadata() or ():
        if key != STATUS_DETAILS:
            continue
        status = status_pb2.Status.FromString(value)
        for detail in status.details:
            if detail.Is(provider_pb2.ErrorResourceInitFailed.DESCRIPTOR):
                partial = provider_pb2.ErrorResourceInitFailed()
                detail.Unpack(partial)
                raise PartialCreateError(
                    message,
                    identity=partial.id,
                    outputs=unpack(partial.properties),
                    inputs=unpack(partial.inputs) if partial.HasField("inputs") else None,
                    reasons=list(partial.reasons),
                ) from error
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        message = f"the provider plugin has ended or cannot be reached: {message}"
    raise ProviderError(message) from error
