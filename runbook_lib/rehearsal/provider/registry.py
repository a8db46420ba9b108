"""Finds the resource types and functions (look-ups) the provider knows: whatever this package's files declare."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from runbook_lib.rehearsal import provider

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runbook_lib.rehearsal.provider.base import Properties, Resource
    from runbook_lib.rehearsal.provider.session import Session

    Function = Callable[[Session, Properties], Properties]

_resources: dict[str, Resource] = {}
_functions: dict[str, Function] = {}
T = TypeVar("T", bound="type[Resource]")


def resource(token: str) -> Callable[[T], T]:
    """Class decorator: the provider manages ``token``, e.g. ``aws:ec2/vpc:Vpc``, with this class."""
    if not isinstance(token, str):
        raise TypeError('write @resource("aws:…") with the type token; the class then needs no token of its own')

    def add(cls: T) -> T:
        cls.token = token
        _add(_resources, token, cls())
        return cls

    return add


def function(token: str) -> Callable[[Function], Function]:
    """Decorator: the provider answers ``token``, e.g. ``aws:ec2/getVpc:getVpc``, with this function.

    It takes the session and the arguments, and returns the result, both in pulumi-aws's camelCase names.
    """

    def add(body: Function) -> Function:
        _add(_functions, token, body)
        return body

    return add


def resources() -> Mapping[str, Resource]:
    """Every known type by its token."""
    _load()
    return _resources


def functions() -> Mapping[str, Function]:
    """Every known function by its token."""
    _load()
    return _functions


def alike(token: str, known: Mapping[str, Any]) -> str:
    """What of the same AWS service is known, for whoever asked for what is not."""
    service = token.partition("/")[0]
    same = sorted(each for each in known if each.startswith(f"{service}/"))
    return f"of {service} these can: {', '.join(same)}" if same else f"nothing of {service} can"


def _add(known: dict[str, Any], token: str, entry: Any) -> None:
    if token in known:
        raise ValueError(f"{token} is declared twice")
    known[token] = entry


@cache
def _load() -> None:
    """Import every file of this package once; declaring is a side effect of being imported."""
    for module in pkgutil.iter_modules(provider.__path__):
        importlib.import_module(f"{provider.__name__}.{module.name}")
