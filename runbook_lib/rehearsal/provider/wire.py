"""Property values between Pulumi's wire (protobuf ``Struct`` with signatures) and plain Python.

A map with the key ``SIGNATURE`` is a secret, an asset, an archive, a resource reference or an output value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format, struct_pb2

from runbook_lib.rehearsal.values import UNKNOWN, Secret, Unknown
from runbook_lib.signatures import ARCHIVE, ASSET, OUTPUT, REFERENCE, SECRET, SIGNATURE, UNKNOWN_ID, UNKNOWNS

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Asset:
    """A file, by text, path or address; ``hash`` is SHA-256 in hex, as the engine computed it."""

    text: str | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""


@dataclass(frozen=True)
class Archive:
    """A folder or zip by path or address, or a tree of assets and archives by name."""

    assets: Mapping[str, Asset | Archive] | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = field(default="")


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A message's properties as Python values; whole numbers become ``int``."""
    return {key: _decode(value) for key, value in struct.fields.items()}


def _decode(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _signed({key: _decode(item) for key, item in value.struct_value.fields.items()})
    return None


def _signed(found: dict[str, Any]) -> Any:
    signature = found.get(SIGNATURE)
    if signature is None:
        return found
    if signature == SECRET:
        return Secret(found.get("value"))
    if signature == ASSET:
        return Asset(found.get("text"), found.get("path"), found.get("uri"), found.get("hash", ""))
    if signature == ARCHIVE:
        return Archive(found.get("assets"), found.get("path"), found.get("uri"), found.get("hash", ""))
    if signature == REFERENCE:
        return found.get("id", UNKNOWN)
    if signature == OUTPUT:
        inner = found.get("value", UNKNOWN)
        return Secret(inner) if found.get("secret") else inner
    raise ValueError(f"unknown value signature {signature}")


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Python values as a message's properties."""
    struct = struct_pb2.Struct()
    json_format.ParseDict({key: _encode(value) for key, value in properties.items()}, struct)
    return struct


def _encode(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_ID
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "value": _encode(value.value)}
    if isinstance(value, Asset | Archive):
        names = {name: _encode(part) for name, part in vars(value).items() if part not in (None, "")}
        return {SIGNATURE: ASSET if isinstance(value, Asset) else ARCHIVE, **names}
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """``value`` with every secret replaced by what it holds; unknowns stay."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def holds(value: Any, kind: type[Secret | Unknown]) -> bool:
    """Whether a secret (or an unknown) is anywhere in ``value``."""
    if isinstance(value, kind):
        return True
    if isinstance(value, Secret):
        return holds(value.value, kind)
    if isinstance(value, dict):
        return any(holds(item, kind) for item in value.values())
    if isinstance(value, list):
        return any(holds(item, kind) for item in value)
    return False
