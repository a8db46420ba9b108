"""Where a resource's inputs are secret, so that what they were before can be hidden there, too.

Who makes a password secret rarely makes another one of it: the value in clear that stood there still opens the door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.signatures import SECRET, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
