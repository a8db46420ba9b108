"""Hashes of assets, against those that the real command recorded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from runbook_lib.rehearsal.engine.assets import hashed
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.values import Asset

if TYPE_CHECKING:
    from pathlib import Path


def test_text_and_file(tmp_path: Path) -> None:
    """The hash of the content, wherever it comes from."""
    (tmp_path / "f").write_text("content")
    expected = hashlib.sha256(b"content").hexdigest()
    assert hashed(Asset(archive=False, text="content"), tmp_path).hash == expected
    assert hashed(Asset(archive=False, path="f"), tmp_path).hash == expected


def test_a_folder_is_its_files_and_not_its_name(tmp_path: Path) -> None:
    """Two folders with the same files are one archive; another file makes another."""
    for folder in ("one", "two"):
        (tmp_path / folder / "sub").mkdir(parents=True)
        (tmp_path / folder / "sub" / "f").write_text("content")
    one, two = (hashed(Asset(archive=True, path=name), tmp_path) for name in ("one", "two"))
    assert one.hash == two.hash
    as_map = Asset(archive=True, assets={"sub/f": Asset(archive=False, text="content")})
    assert hashed(as_map, tmp_path).hash == one.hash
    placed = Asset(archive=True, assets={".": Asset(archive=True, path="one")})  # names are cleaned, as Go's path.Join does
    assert hashed(placed, tmp_path).hash == one.hash
    (tmp_path / "two" / "g").write_text("")
    assert hashed(Asset(archive=True, path="two"), tmp_path).hash != one.hash


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """In the message."""
    with pytest.raises(EngineError, match="failed to open asset file 'nowhere'"):
        hashed(Asset(archive=False, path="nowhere"), tmp_path)
