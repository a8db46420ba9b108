"""Where a folder for sockets is made."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from runbook_lib import places
from runbook_lib.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def parents(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Two folders with short paths, in the order in which they are tried."""
    with tempfile.TemporaryDirectory(dir="/tmp") as one, tempfile.TemporaryDirectory(dir="/tmp") as two:
        found = [Path(one), Path(two)]
        monkeypatch.setattr(places, "_parents", lambda: iter(found))
        yield found


def test_the_first_that_takes_a_socket(parents: list[Path]) -> None:
    folder = places.private("t-")
    assert folder.parent == parents[0]
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("length", [107, 40])
def test_a_path_that_is_too_long_is_passed_over(parents: list[Path], length: int) -> None:
    """A socket's path has 107 characters, in bytes: a letter may be two."""
    long = parents[0] / ("ü" * ((length - len(str(parents[0]))) // 2) if length == 107 else "ü" * length)
    long.mkdir()
    parents[0] = long
    folder = places.private("t-")
    assert folder.parent == parents[1]
    assert list(long.iterdir()) == []


def test_there_is_room_for_the_names_below(parents: list[Path]) -> None:
    long = parents[0] / ("x" * (107 - places.ROOM - len("/t-12345678") - len(str(parents[0])) - 1))
    long.mkdir()
    parents[0] = long
    folder = places.private("t-")
    assert folder.parent == long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/{'n' * (places.ROOM - 1)}")


@pytest.mark.parametrize("missing", ["", "file"])
def test_a_place_that_is_missing_or_no_folder_is_passed_over(parents: list[Path], missing: str) -> None:
    parents[0] = parents[0] / "none"
    if missing:
        parents[0].touch()
    assert places.private("t-").parent == parents[1]


def test_what_is_preferred_goes_before_what_is_first(parents: list[Path]) -> None:
    assert places.private("t-", preferred=lambda folder: folder.parent == parents[1]).parent == parents[1]
    assert list(parents[0].iterdir()) == []
    assert places.private("t-", preferred=lambda _: False).parent == parents[0]
    assert len(list(parents[1].iterdir())) == 1


def test_no_place_is_an_error_with_a_remedy(parents: list[Path]) -> None:
    parents[:] = [parents[0] / "missing", Path(os.devnull)]
    with pytest.raises(EngineError) as raised:
        places.private("t-")
    assert "TMPDIR" in raised.value.remedy


def test_a_temporary_one_is_removed(parents: list[Path]) -> None:
    with places.temporary("t-") as folder:
        (folder / "file").touch()
    assert not folder.exists()
    assert parents[0].exists()


def test_a_home_for_who_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``docker run --user 12345`` and no HOME."""

    def nobody(_: int) -> NoReturn:
        raise KeyError

    (tmp_path / "own").mkdir()
    monkeypatch.setattr("pwd.getpwuid", nobody)
    monkeypatch.setenv("HOME", str(tmp_path / "own"))
    assert places.home(tmp_path) == {}
    assert list((tmp_path / "own").iterdir()) == []
    monkeypatch.delenv("HOME")
    assert places.home(tmp_path) == {"HOME": str(tmp_path)}


@pytest.mark.parametrize("unusable", ["/proc", "missing", "file"])
def test_a_home_for_whose_own_cannot_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unusable: str) -> None:
    """Tried, not read off: nothing is made that is missing."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / unusable))
    assert places.home(tmp_path) == {"HOME": str(tmp_path)}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("known", [".ipython", ".pulumi"])
def test_a_home_with_something_unusable_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: str) -> None:
    """As after ``sudo``."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / known).mkdir()
    assert places.home(tmp_path / "other") == {}
    (tmp_path / known).rmdir()
    (tmp_path / known).symlink_to("/proc")
    assert places.home(tmp_path / "other") == {"HOME": str(tmp_path / "other")}
