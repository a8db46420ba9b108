"""What the pulumi-aws SDK says a resource type takes: names of inputs as Pulumi spells them; imported by tests beside it."""

from __future__ import annotations

import importlib
from typing import Any, get_args

from pulumi._types import input_type_py_to_pulumi_names, input_type_types, is_input_type

_PACKAGES = {"lambda": "lambda_"}


def arguments(token: str) -> type[Any]:
    """The class of a type's inputs, by its token: ``aws:sqs/queue:Queue`` takes ``pulumi_aws.sqs.QueueArgs``."""
    _, place, name = token.split(":")
    package = place.split("/")[0]
    module = importlib.import_module(f"pulumi_aws.{_PACKAGES.get(package, package)}")
    found: type[Any] = getattr(module, f"{name}Args")
    return found


def inputs(kind: type[Any]) -> dict[str, type[Any] | None]:
    """Every input of a class; with the class of the nested object, or of a list's elements, where there is one."""
    types = input_type_types(kind)
    return {name: _nested(types[name]) for name in input_type_py_to_pulumi_names(kind).values()}


def _nested(hint: Any) -> type[Any] | None:
    if isinstance(hint, type) and is_input_type(hint):
        return hint
    return next((found for each in get_args(hint) if (found := _nested(each))), None)
