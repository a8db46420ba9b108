"""One way to break the system, and the checks that must notice: all of them, and no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbook_lib.snapshot import Snapshot


@dataclass(frozen=True)
class Breakage:
    """A broken system."""

    what: str
    system: Snapshot
    noticed_by: frozenset[str]


def breaks(what: str, system: Snapshot, *checks: str) -> Breakage:
    """A row of the tables."""
    return Breakage(what, system, frozenset(checks))
