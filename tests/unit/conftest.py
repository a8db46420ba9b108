"""Unit tests reach no network: a connection anywhere but to a Unix socket fails the test that tries.

And their prices are fixed ones, so that renewing the shipped list moves none of their sums.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

PRICES = Path(__file__).parents[1] / "recorded_prices"


class NetworkForbiddenError(AssertionError):
    """A unit test tried to connect."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def guarded(name: str) -> Any:
        real = getattr(socket.socket, name)

        def call(self: socket.socket, address: Any, *rest: Any) -> Any:
            if self.family != socket.AF_UNIX:
                raise NetworkForbiddenError(f"{name}{address!r}: unit tests have no network")
            return real(self, address, *rest)

        return call

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(name))


@pytest.fixture(autouse=True)
def fixed_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists in ``tests/recorded_prices`` stand where the checkout's own would be."""
    monkeypatch.setenv("RUNBOOK_PRICES", str(PRICES))
