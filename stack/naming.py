"""Names of the form `<resource>-<environment>-<suffix>`, so that two suffixes live side by side in one account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Limit(IntEnum):
    """The longest name AWS takes, in characters, by kind of resource (from each service's API reference)."""

    LOAD_BALANCER = 32
    BUCKET = 63
    DATABASE = 63
    ROLE = 64
    FUNCTION = 64
    DEFAULT = 128


class NameTooLongError(ValueError):
    """Raised when a name does not fit its service; cutting it would make two stacks collide."""


@dataclass(frozen=True)
class Names:
    """The naming rule of one stack: call it with the resource's own part."""

    environment: str
    suffix: str

    def __call__(self, resource: str, limit: Limit = Limit.DEFAULT) -> str:
        """Give the full name of a resource.

        Args:
            resource: The resource's own part, such as `payments-audit`.
            limit: The longest name its service takes.

        Raises:
            NameTooLongError: The name is longer than the limit.
        """
        name = f"{resource}-{self.environment}-{self.suffix}"
        if len(name) > limit:
            raise NameTooLongError(
                f"{name!r} has {len(name)} characters, {limit.name} takes {limit.value}: shorten payments:suffix",
            )
        return name
