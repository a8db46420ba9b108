"""Which properties a type has: names, shapes and what is required, taken from the pulumi_aws SDK's own classes.

The rehearsal so refuses exactly what the installed SDK does not know, and there is no second list to keep.
"""

from __future__ import annotations

import importlib
import math
import re
import threading
import typing
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from types import MappingProxyType, NoneType
from typing import Any, Literal

from pulumi import Output
from pulumi._types import _required_property_names, input_type_types, is_input_type, resource_types
from pulumi.runtime import rpc

from runbook_lib.rehearsal.values import Secret, Unknown

TABLE = "_RESOURCE_MODULES"  # private to the Pulumi SDK, which declares it Final and does not list it
Kind = Literal["string", "integer", "number", "bool", "list", "map", "object", "any"]
PRIMITIVES: Mapping[type, Kind] = {str: "string", int: "integer", float: "number", bool: "bool"}
ACCEPTED: Mapping[Kind, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "bool": (bool,),
    "list": (list,),
    "map": (dict,),
    "object": (dict,),
}
# What pulumi-terraform-bridge makes of text (Go's ParseBool, ParseInt in base 10, ParseFloat), but for what no wire carries.
TRUE, FALSE = frozenset({"1", "t", "T", "true", "True", "TRUE"}), frozenset({"0", "f", "F", "false", "False", "FALSE"})
WHOLE = re.compile(r"[+-]?[0-9]+")
DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Shape:
    """What a value looks like.

    Attributes:
        kind: The kind of value; ``object`` has fixed ``properties``, ``map`` has free keys.
        element: The shape of a list's or map's values.
        arguments: The SDK's class that an object's properties are read from, once they are asked for: a type may contain itself.
    """

    kind: Kind = "any"
    element: Shape | None = None
    arguments: type | None = None

    @cached_property
    def properties(self) -> Mapping[str, Shape]:
        """An object's properties by wire name."""
        with _IMPORTING:
            hints = {} if self.arguments is None else input_type_types(self.arguments)
            return MappingProxyType({name: _shape(hint) for name, hint in hints.items()})

    @cached_property
    def required(self) -> frozenset[str]:
        """Those properties that must be there."""
        return frozenset() if self.arguments is None else frozenset(_required_property_names(self.arguments))

    def at(self, key: str | int) -> Shape:
        """The shape of the value under ``key``."""
        return self.properties.get(key, ANY) if isinstance(key, str) and self.kind == "object" else self.element or ANY

    def failures(self, value: Any, path: str = "") -> Iterator[tuple[str, str]]:
        """Path and reason of everything in ``value`` (which is ``coerced``) that does not fit."""
        if isinstance(value, Secret):
            yield from self.failures(value.value, path)
        elif value is None or isinstance(value, Unknown) or self.kind == "any":
            return
        elif not isinstance(value, ACCEPTED[self.kind]) or (isinstance(value, bool) and self.kind != "bool"):
            article = "an" if self.kind in ("integer", "object") else "a"
            yield path, f"must be {article} {self.kind}, not {self._seen(value)}"
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.at(index).failures(item, f"{path}[{index}]")
        elif isinstance(value, dict):
            yield from self._key_failures(value, path)

    def coerced(self, value: Any) -> Any:
        """``value`` with scalars of the declared kind, as pulumi-aws takes "80" for a number and 80 for a string.

        One value stands for a list of it, and a list of one block for the block. What it does not take stays as it is, for
        ``failures`` to find: "80.0" for an integer, "yes" for a bool.
        """
        if isinstance(value, Secret):
            return Secret(self.coerced(value.value))
        if self.kind == "list" and not isinstance(value, list | Unknown | None):
            return [self.at(0).coerced(value)]
        if self.kind == "object" and isinstance(value, list) and len(value) == 1:
            return self.coerced(value[0])
        if isinstance(value, list):
            return [self.at(index).coerced(item) for index, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self.at(key).coerced(item) for key, item in value.items()}
        if isinstance(value, str):
            return self._of_text(value)
        if self.kind == "string" and isinstance(value, bool):
            return str(value).lower()
        if self.kind == "string" and isinstance(value, int | float):
            return f"{Decimal(repr(value)):f}"
        if self.kind == "integer" and isinstance(value, float):
            return int(value)
        return value

    def _of_text(self, value: str) -> Any:
        if self.kind == "bool" and value in TRUE | FALSE:
            return value in TRUE
        if self.kind == "integer" and WHOLE.fullmatch(value):
            return int(value)
        if self.kind == "number" and DECIMAL.fullmatch(value) and math.isfinite(number := float(value)):
            return int(number) if number.is_integer() else number
        return value

    def _seen(self, value: Any) -> str:
        """What a value is, without saying it: it may be a secret."""
        return f"text that is no {self.kind}" if isinstance(value, str) else type(value).__name__

    def _key_failures(self, value: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
        if self.kind == "object":
            for name in sorted(self.required):
                if value.get(name) is None:
                    yield join(path, name), "is required"
        for key, item in value.items():
            if key.startswith("__"):  # Pulumi's own bookkeeping
                continue
            if self.kind == "object" and key not in self.properties:
                known = ", ".join(sorted(self.properties))
                yield join(path, key), f"is not a property of this type; it has: {known}"
            else:
                yield from self.at(key).failures(item, join(path, key))


ANY = Shape()


@dataclass(frozen=True)
class TypeSchema:
    """A resource type's inputs, and the names of all its properties."""

    inputs: Shape
    outputs: frozenset[str]

    @property
    def taggable(self) -> bool:
        """Whether the type has tags that the provider's default tags go into."""
        return "tagsAll" in self.outputs and "tags" in self.inputs.properties


def join(path: str, name: str) -> str:
    """Pulumi's property path of ``name`` under ``path``; names that are no identifiers are quoted."""
    if not name.replace("_", "a").isalnum():
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name


_IMPORTING = threading.RLock()


def type_schema(token: str) -> TypeSchema | None:
    """The schema of ``token``, or None if the SDK has no such type."""
    # The SDK's modules import each other: two threads that import them at once find them half made.
    with _IMPORTING:
        return _type_schema(token)


@cache
def _type_schema(token: str) -> TypeSchema | None:
    if token == "pulumi:providers:aws":  # noqa: S105  # a type token, no password
        provider = importlib.import_module("pulumi_aws").Provider
        return _schema(provider)
    cls = _class(token)
    return None if cls is None else _schema(cls)


def _schema(cls: type) -> TypeSchema:
    module = importlib.import_module(cls.__module__)
    # Where a nested type has the name already (BucketVersioningArgs), the SDK calls the resource's own …InitArgs.
    arguments = getattr(module, f"{cls.__name__}InitArgs", None) or getattr(module, f"{cls.__name__}Args")
    return TypeSchema(_object(arguments), frozenset(resource_types(cls)))


def _class(token: str) -> type | None:
    """The SDK's class for ``token``, by the SDK's own table of modules."""
    importlib.import_module("pulumi_aws")  # fills the table; 0.6 s, so not before it is needed
    for module in getattr(rpc, TABLE).get(token.rpartition(":")[0], []):
        name = module.mod_info["classes"].get(token)
        if name is not None:
            found: type = getattr(importlib.import_module(module.mod_info["fqn"]), name)
            return found
    return None


@cache
def _object(cls: type) -> Shape:
    return Shape("object", arguments=cls)


def _shape(hint: Any) -> Shape:
    """The shape of a type hint of an ``…Args`` class."""
    origin = typing.get_origin(hint)
    if origin is typing.Union:
        plumbing = (Awaitable, Output)
        members = [
            each for each in typing.get_args(hint) if each is not NoneType and (typing.get_origin(each) or each) not in plumbing
        ]
        if len(members) == 1:
            return _shape(members[0])
        # A union of a string and an enum is that string; of a string and an object (a policy) it is either.
        either = any(isinstance(each, type) and is_input_type(each) for each in members)
        return Shape("string") if str in members and not either else ANY
    if origin is Sequence:
        return Shape("list", element=_shape(typing.get_args(hint)[0]))
    if origin is Mapping:
        return Shape("map", element=_shape(typing.get_args(hint)[1]))
    if isinstance(hint, type) and is_input_type(hint):
        return _object(hint)
    return Shape(PRIMITIVES.get(hint, "any")) if isinstance(hint, type) else ANY
