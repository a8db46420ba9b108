"""Waiting for what another process does, with a deadline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def until(done: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    """Return once ``done`` answers yes; after the deadline ``what`` is the complaint."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
