"""Checks that no break in the emulator can reach; their rows in tests/unit/checks break a snapshot instead."""

from __future__ import annotations

NOT_LIVE: dict[str, str] = {}
"""Check → why."""
