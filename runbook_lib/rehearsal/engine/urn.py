"""Uniform resource names: `urn:pulumi:<stack>::<project>::<type chain>::<name>`."""

from __future__ import annotations

from dataclasses import dataclass

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


@dataclass(frozen=True)
class Urn:
    """The parts of a URN; `types` holds the parents' types before the resource's own, joined by `$`."""

    stack: str
    project: str
    types: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Urn:
        """Split a URN.

        Raises:
            ValueError: if the text is not a URN.
        """
        parts = text.split("::", 3)
        if len(parts) != 4 or not parts[0].startswith("urn:pulumi:"):  # noqa: PLR2004 - a URN has four parts
            raise ValueError(f"invalid URN {text!r}")
        return cls(parts[0].removeprefix("urn:pulumi:"), parts[1], parts[2], parts[3])

    @property
    def type(self) -> str:
        """The resource's own type."""
        return self.types.rsplit("$", 1)[-1]

    def __str__(self) -> str:
        return f"urn:pulumi:{self.stack}::{self.project}::{self.types}::{self.name}"


def make_urn(*, stack: str, project: str, parent: str, kind: str, name: str) -> str:
    """Name a resource; a parent's types precede its own, but not the stack's."""
    types = kind
    if parent and (above := Urn.parse(parent)).type != STACK_TYPE:
        types = f"{above.types}${kind}"
    return str(Urn(stack, project, types, name))


def package_of(token: str) -> str:
    """The package that serves a type or function token; a provider's own package is what it provides."""
    if token.startswith(PROVIDER_PREFIX):
        return token.removeprefix(PROVIDER_PREFIX)
    return token.split(":", 1)[0]


def is_provider(kind: str) -> bool:
    """Whether a type token is a provider's."""
    return kind.startswith(PROVIDER_PREFIX)


def is_default_provider(urn: str) -> bool:
    """Whether a URN names a provider that the engine made, not the program."""
    parts = Urn.parse(urn)
    return is_provider(parts.type) and parts.name.startswith("default") and "$" not in parts.types


def provider_urn(reference: str) -> str:
    """The URN in a provider reference `<urn>::<id>`."""
    return reference.rsplit("::", 1)[0]
