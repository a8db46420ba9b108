"""Kernels are started in two ways, and end alike."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from integration.runner.notebooks import MARK

from runbook_lib import forked


@pytest.fixture(params=["ordinary", "forked"])
def start(request: pytest.FixtureRequest, nursery: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """How kernels are started: as Jupyter does against AWS, or forked as in a rehearsal."""
    way: str = request.param
    if way == "forked":
        monkeypatch.setenv(forked.SOCKET_VARIABLE, nursery)
    return way


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anybody's credentials."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """A variable that every process a test starts inherits."""
    value = uuid.uuid4().hex
    monkeypatch.setenv(MARK, value)
    return value
