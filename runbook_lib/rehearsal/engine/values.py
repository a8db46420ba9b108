"""Property values as the engine holds them: JSON values, plus secrets, unknowns, assets and resource references.

The signatures are Pulumi's: a map with the key `SIGNATURE` is not a map but one of the kinds below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's type signature, not a credential
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN_ID,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)

Properties = dict[str, Any]


class Unknown:
    """A value that only an update will know."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted at rest and masked wherever it is shown."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


@dataclass(frozen=True)
class Reference:
    """A reference to another resource, as a program passes one."""

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
    left = left.value if isinstance(left, Secret) else left
    right = right.value if isinstance(right, Secret) else right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, Asset) and isinstance(right, Asset):
        return left.archive == right.archive and left.hash == right.hash
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)
