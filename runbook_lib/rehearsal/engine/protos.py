"""The generated messages and stubs of Pulumi's protocols, for all of the engine to import from one place."""

from __future__ import annotations

from google.protobuf.pyext import cpp_message
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS as CHANNEL_OPTIONS
from pulumi.runtime.proto import (
    alias_pb2,
    callback_pb2,
    callback_pb2_grpc,
    engine_pb2,
    engine_pb2_grpc,
    events_pb2,
    events_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
    status_pb2,
)

__all__ = [
    "CHANNEL_OPTIONS",
    "alias_pb2",
    "callback_pb2",
    "callback_pb2_grpc",
    "engine_pb2",
    "engine_pb2_grpc",
    "events_pb2",
    "events_pb2_grpc",
    "provider_pb2",
    "provider_pb2_grpc",
    "resource_pb2",
    "resource_pb2_grpc",
    "status_pb2",
]

# As the SDK does for its own process: values of a program may be nested deeper than protobuf reads by itself.
if cpp_message._message is not None:  # noqa: SLF001 - protobuf has no other place for it
    cpp_message._message.SetAllowOversizeProtos(True)  # noqa: SLF001, FBT003 - the same; its only argument
