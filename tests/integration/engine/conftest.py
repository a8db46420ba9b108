"""Every conformance test runs on both engines; where the real one is absent it says NOT RUN, and the summary counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from integration.engine.bench import EMBEDDED_ROOT, NOT_RUN, Bench, real_root

if TYPE_CHECKING:
    from pathlib import Path

REAL = pytest.param("pulumi", marks=pytest.mark.engine("pulumi"))
EMBEDDED = pytest.param("embedded", marks=pytest.mark.engine("embedded"))


@pytest.fixture(params=[EMBEDDED, REAL])
def root(request: pytest.FixtureRequest) -> Path:
    """The root of the engine's command."""
    if request.param == "embedded":
        return EMBEDDED_ROOT
    return _real()


def _real() -> Path:
    found = real_root()
    if found is None:
        pytest.skip(NOT_RUN)
    return found


@pytest.fixture
def real() -> Path:
    """The real command's root, for tests that hold the two engines against each other."""
    return _real()


@pytest.fixture
def bench(tmp_path: Path, root: Path, nursery: str) -> Bench:
    """A project on one of the engines; the embedded one's processes are forked as in a rehearsal."""
    return Bench(tmp_path, root, nursery)


@pytest.fixture
def embedded(tmp_path: Path) -> Bench:
    """A project on the embedded engine, its processes started as outside a rehearsal."""
    return Bench(tmp_path, EMBEDDED_ROOT)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much of the set had no real command to run on."""
    missing = [item for item in terminalreporter.stats.get("skipped", []) if NOT_RUN in str(item.longrepr)]
    if missing:
        terminalreporter.write_line(f"conformance on the real engine: {len(missing)} tests {NOT_RUN}", yellow=True)
