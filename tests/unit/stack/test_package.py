"""Packages: the same bytes everywhere, with everything the function imports and nothing it cannot run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from typing import TYPE_CHECKING

import package
import pytest
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = st.dictionaries(st.from_regex(r"[a-z]{1,8}\.py", fullmatch=True), st.binary(max_size=64), max_size=5)


@given(ENTRIES)
def test_an_archive_depends_on_names_and_contents_only(entries: dict[str, bytes]) -> None:
    backwards = dict(reversed(entries.items()))
    assert package.archive(entries) == package.archive(backwards)
    with zipfile.ZipFile(io.BytesIO(package.archive(entries))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == entries


def test_an_archive_is_the_one_written_down() -> None:
    """Were a time, a mode or a platform in it, another machine would give another digest, and so another plan."""
    [entry] = zipfile.ZipFile(io.BytesIO(package.archive({"a.py": b"x"}))).infolist()
    assert (entry.date_time, entry.create_system, entry.external_attr >> 16, entry.compress_type) == (
        (1980, 1, 1, 0, 0, 0),
        3,
        0o100644,
        zipfile.ZIP_STORED,
    )


@pytest.mark.parametrize(
    ("function", "distributions"), [("payments", ["aws-lambda-powertools", "pg8000"]), ("schema", ["pg8000"])]
)
def test_a_package_runs_without_this_environment(function: str, distributions: list[str], tmp_path: Path) -> None:
    """All it imports is inside, but for boto3 and botocore, which come with the runtime."""
    built = package.build(function, distributions)
    zipfile.ZipFile(built.path).extractall(tmp_path)
    stub = tmp_path / "runtime"
    (stub / "botocore").mkdir(parents=True)
    for name, text in {
        "boto3.py": "",
        "botocore/__init__.py": "",
        "botocore/exceptions.py": "class BotoCoreError(Exception): ...\nclass ClientError(Exception): ...\n",
        "botocore/config.py": "class Config:\n    def __init__(self, **settings): ...\n",
    }.items():
        (stub / name).write_text(text, encoding="utf-8")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(stub)!r}]; import {function}.handler as h; h.handler"
    # -I and -S: neither this environment's packages nor the current directory.
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_installers_notes_and_byte_code_stay_out() -> None:
    names = package.dependencies(["pg8000"])
    assert "pg8000/native.py" in names
    assert "scramp/core.py" in names
    assert [name for name in names if name.endswith((".pyc", "RECORD", "INSTALLER", "direct_url.json"))] == []


def test_a_compiled_dependency_is_refused() -> None:
    with pytest.raises(package.PackageError, match=r"pydantic_core has a compiled file .* only pure Python"):
        package.dependencies(["pydantic-core"])


def test_a_dependency_that_is_not_installed_is_refused() -> None:
    with pytest.raises(package.PackageError, match="no-such-thing is not installed here"):
        package.dependencies(["no-such-thing"])


def test_a_folder_without_a_handler_is_refused() -> None:
    with pytest.raises(package.PackageError, match=r"has no handler\.py: 'shared' is not a function"):
        package.build("shared", [])


def _folder(monkeypatch: pytest.MonkeyPatch, build: Path, temporary: Path) -> None:
    temporary.mkdir()
    monkeypatch.delenv(package.BUILD_VARIABLE, raising=False)
    monkeypatch.setattr(package, "BUILD", build)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))


def test_a_package_is_built_where_the_runbook_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _folder(monkeypatch, tmp_path / "build", tmp_path / "tmp")
    monkeypatch.setenv(package.BUILD_VARIABLE, str(tmp_path / "told" / "here"))
    assert package.build("schema", ["pg8000"]).path.parent == tmp_path / "told" / "here"
    assert not (tmp_path / "build").exists()


def test_a_package_is_built_elsewhere_where_the_checkout_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file in the folder's place stands for a read-only file system: it refuses root as well."""
    usual = package.build("schema", ["pg8000"])
    (tmp_path / "checkout").touch()
    _folder(monkeypatch, tmp_path / "checkout" / ".build", tmp_path / "tmp")
    built = package.build("schema", ["pg8000"])
    assert built.path.is_relative_to(tmp_path / "tmp")
    assert built.path.parent.stat().st_mode & 0o077 == 0
    assert (built.path.name, built.sha256) == (usual.path.name, usual.sha256)


def test_no_folder_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _folder(monkeypatch, tmp_path / "file" / "build", tmp_path / "tmp")
    (tmp_path / "tmp" / f"payments-packages-{os.geteuid()}").touch()
    with pytest.raises(package.PackageError, match="set RUNBOOK_BUILD"):
        package.build("schema", ["pg8000"])


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_package_has_the_mode_that_the_umask_gives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, umask: int) -> None:
    _folder(monkeypatch, tmp_path / "build", tmp_path / "tmp")
    before = os.umask(umask)
    try:
        built = package.build("schema", ["pg8000"])
    finally:
        os.umask(before)
    assert built.path.stat().st_mode & 0o777 == 0o666 & ~umask
    assert list(built.path.parent.iterdir()) == [built.path]


def test_what_somebody_left_is_not_taken_for_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _folder(monkeypatch, tmp_path / "build", tmp_path / "tmp")
    built = package.build("schema", ["pg8000"])
    content = built.path.read_bytes()
    built.path.write_bytes(b"another's")
    assert package.build("schema", ["pg8000"]).path.read_bytes() == content
    built.path.unlink()
    built.path.mkdir()  # it can be neither read nor replaced
    elsewhere = package.build("schema", ["pg8000"]).path
    assert elsewhere.is_relative_to(tmp_path / "tmp")
    assert elsewhere.read_bytes() == content
    assert list(built.path.parent.iterdir()) == [built.path]
