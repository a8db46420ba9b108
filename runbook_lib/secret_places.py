"""Where a resource's inputs are secret, so that what they were before can be hidden there, too.

Who makes a password secret rarely makes another one of it: the value in clear that stood there still opens the door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib import redaction
from runbook_lib.canonical import opened
from runbook_lib.secret_names import holds_secret, is_environment, is_secret_name
from runbook_lib.signatures import SECRET, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Place = tuple[str, ...]
"""The names on the way to a value; items of a list share one, for they may have moved."""
ITEM = "[]"


def secret_places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place at which a value of Pulumi's is secret."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            yield path
        else:
            yield from (place for key, item in value.items() for place in secret_places(item, (*path, key)))
    elif isinstance(value, list):
        yield from (place for item in value for place in secret_places(item, (*path, ITEM)))


def named_secret(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place at which a text in clear is called a secret: a password by its property, a variable by its own name.

    What was put somewhere by hand is in no plan's secrets; the name is all there is to tell it by.

    Args:
        value: A resource's inputs, or a part of them.
        path: The names on the way to it.
    """
    if isinstance(value, dict):
        for name, each in value.items():
            yield from named_secret(each, (*path, name))
        if isinstance(value.get("name"), str) and is_secret_name(value["name"]) and _in_clear(value.get("value")):
            yield (*path, "value")
    elif isinstance(value, list):
        for each in value:
            yield from named_secret(each, (*path, ITEM))
    elif _in_clear(value) and _calls_secret(path):
        yield path


def _calls_secret(path: Place) -> bool:
    *above, name = path
    return holds_secret(name) or (any(map(is_environment, above)) and is_secret_name(name))


def _in_clear(value: Any) -> bool:
    """Whether it is a text that may be a secret: neither an ARN nor a mark for what is not known or made up."""
    return isinstance(value, str) and bool(value) and not value.startswith(("arn:", "<"))


def texts_at(value: Any, places: set[Place], path: Place = ()) -> Iterator[tuple[str, str]]:
    """The texts at these places, each with its name."""
    if isinstance(value, dict):
        yield from (found for name, each in value.items() for found in texts_at(each, places, (*path, name)))
    elif isinstance(value, list):
        yield from (found for each in value for found in texts_at(each, places, (*path, ITEM)))
    elif isinstance(value, str) and path in places:
        yield path[-1], value


def without(value: Any, places: set[Place], mask: Callable[[Any], Any], path: Place = ()) -> Any:
    """A value in which whatever stands at one of these places is masked."""
    if path in places:
        return mask(value)
    if not places:
        return value
    if isinstance(value, dict):
        return {key: without(item, places, mask, (*path, key)) for key, item in value.items()}
    return [without(item, places, mask, (*path, ITEM)) for item in value] if isinstance(value, list) else value


def once_known(old: Any, new: Any) -> Any:
    """What was there, with a secret wherever the new value has one."""
    return without(old, set(secret_places(new)), lambda value: value if () in secret_places(value) else {SIGNATURE: SECRET})


def learn(values: Iterable[Mapping[str, Any]]) -> None:
    """Have redaction know what is called a secret and stands there in clear, before anything of it is written.

    Args:
        values: Inputs of resources, as they were, are and shall be.
    """
    for inputs in values:
        known = {name: opened(value) for name, value in inputs.items()}
        for called, secret in texts_at(known, set(named_secret(known))):
            redaction.register(secret, called)
