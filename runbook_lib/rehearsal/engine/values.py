"""Property values as the engine holds them: JSON values, plus secrets, unknowns, assets and resource references.

On the wire and in the state each has a signature (`runbook_lib.signatures`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.values import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

Properties = dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """A reference to another resource, as a program passes one: a component has no id, another may have one not known yet."""

    urn: str
    identity: Any = None
    version: str = ""


@dataclass(frozen=True)
class Asset:
    """A file, text or address, compared by its hash; `archive` when it stands for several files."""

    archive: bool
    hash: str = ""
    text: str | None = None
    path: str = ""
    uri: str = ""
    assets: dict[str, Any] | None = field(default=None, hash=False)


def rewrite(value: Any, replace: Callable[[Any], Any]) -> Any:
    """Rebuild a value from the leaves up; `replace` sees every container and leaf after its parts."""
    if isinstance(value, dict):
        value = {key: rewrite(item, replace) for key, item in value.items()}
    elif isinstance(value, list):
        value = [rewrite(item, replace) for item in value]
    elif isinstance(value, Secret):
        value = Secret(rewrite(value.value, replace))
    return replace(value)


def without_secrets(value: Any) -> Any:
    """The same value with every secret opened."""
    return rewrite(value, lambda item: item.value if isinstance(item, Secret) else item)


def masked(value: Any) -> Any:
    """The same value with every secret shown as `[secret]`."""
    return rewrite(value, lambda item: "[secret]" if isinstance(item, Secret) else item)


def contains(value: Any, kind: type) -> bool:
    """Whether a value holds, at any depth, one of `kind` (`Secret` or `Unknown`)."""
    if isinstance(value, kind):
        return True
    if isinstance(value, dict):
        return any(contains(item, kind) for item in value.values())
    if isinstance(value, list):
        return any(contains(item, kind) for item in value)
    return isinstance(value, Secret) and contains(value.value, kind)


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal as Pulumi sees it: `true` is not 1, assets by hash, secrets by their content."""
    while isinstance(left, Secret):
        left = left.value
    while isinstance(right, Secret):
        right = right.value
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, Asset) and isinstance(right, Asset):
        return left.archive == right.archive and left.hash == right.hash
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return float(left) == float(right)  # Pulumi has one kind of number: a whole one that is written out may be rounded
    return bool(left == right)
