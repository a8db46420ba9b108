"""A value that is secret, or not known yet, as engine and provider both hold it; they share nothing else but the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Unknown:
    """A value that only an update will know; there is one, ``UNKNOWN``."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted at rest and masked wherever it is shown."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"
