"""Property values to and from protobuf structs, with Pulumi's signatures for what a struct cannot say."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from google.protobuf import struct_pb2

from runbook_lib.rehearsal.engine.values import Asset, Properties, Reference
from runbook_lib.rehearsal.values import UNKNOWN, Secret, Unknown
from runbook_lib.signatures import ARCHIVE, ASSET, OUTPUT, REFERENCE, SECRET, SIGNATURE, UNKNOWN_ID, UNKNOWNS

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_WRITTEN_OUT = 1e21
"""From here on Go's JSON writes a number with an exponent (encoding/json, floatEncoder)."""


def unpack(struct: struct_pb2.Struct) -> Properties:
    """Read the properties a program or a provider sent."""
    return {key: unpack_value(value) for key, value in struct.fields.items()}


def unpack_value(value: struct_pb2.Value) -> Any:
    """Read one value."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return revive({key: unpack_value(item) for key, item in value.struct_value.fields.items()})
    if kind == "list_value":
        return [unpack_value(item) for item in value.list_value.values]
    if kind == "number_value":
        return number(value.number_value)
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    return None if kind in {None, "null_value"} else value.bool_value


def number(value: float) -> int | float:
    """Whole numbers as integers, as Go's JSON writes them: below 1e21, with the shortest digits that make the number."""
    if not math.isfinite(value) or abs(value) >= LARGEST_WRITTEN_OUT or value != int(value):
        return value
    return int(Decimal(repr(value)))


def revive(value: dict[str, Any]) -> Any:
    """Turn a map with a signature into what it stands for; other maps are returned as they are."""
    signature = value.get(SIGNATURE)
    if signature == SECRET:
        return Secret(value.get("value"))
    if signature in {ASSET, ARCHIVE}:
        return Asset(
            archive=signature == ARCHIVE,
            hash=value.get("hash") or "",
            text=value.get("text"),
            path=value.get("path") or "",
            uri=value.get("uri") or "",
            assets=value.get("assets"),
        )
    if signature == REFERENCE:
        identity = UNKNOWN if value.get("id") == "" else value.get("id")
        return Reference(value["urn"], identity, value.get("packageVersion") or "")
    if signature == OUTPUT:
        inner = value.get("value", UNKNOWN)
        return Secret(inner) if value.get("secret") is True else inner
    return value


def pack(properties: Mapping[str, Any], *, secrets: bool = True, references: bool = True) -> struct_pb2.Struct:
    """Write properties for a program or a provider.

    Args:
        properties: The values to send.
        secrets: False for a reader that does not know secrets; it gets them opened.
        references: False for a reader that does not know resource references; it gets ids or URNs.
    """
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _pack_value(struct.fields[key], value, secrets=secrets, references=references)
    return struct


def _pack_value(target: struct_pb2.Value, value: Any, *, secrets: bool, references: bool) -> None:
    plain = flatten(value, secrets=secrets, references=references)
    if isinstance(plain, dict):
        target.struct_value.SetInParent()
        for key, item in plain.items():
            _pack_value(target.struct_value.fields[key], item, secrets=secrets, references=references)
    elif isinstance(plain, list):
        target.list_value.SetInParent()
        for item in plain:
            _pack_value(target.list_value.values.add(), item, secrets=secrets, references=references)
    elif plain is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(plain, bool):
        target.bool_value = plain
    elif isinstance(plain, str):
        target.string_value = plain
    else:
        target.number_value = plain


def flatten(value: Any, *, secrets: bool = True, references: bool = True) -> Any:
    """One level of a value as plain JSON data; the parts of what it returns may need flattening in turn."""
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "value": value.value} if secrets else flatten(value.value, secrets=False)
    if isinstance(value, Unknown):
        return UNKNOWN_ID
    if isinstance(value, Reference):
        unknown = isinstance(value.identity, Unknown)
        if not references:
            return value.urn if value.identity is None else UNKNOWN_ID if unknown else value.identity
        identity = {} if value.identity is None else {"id": "" if unknown else value.identity}
        return {SIGNATURE: REFERENCE, "urn": value.urn, **identity, "packageVersion": value.version}
    return asset_map(value) if isinstance(value, Asset) else value


def asset_map(asset: Asset) -> dict[str, Any]:
    """An asset or archive as a map with its signature."""
    content = {"text": asset.text, "path": asset.path, "uri": asset.uri, "assets": asset.assets, "hash": asset.hash}
    kept = {key: item for key, item in content.items() if item or (key == "text" and item is not None)}
    return {SIGNATURE: ARCHIVE if asset.archive else ASSET, **kept}
