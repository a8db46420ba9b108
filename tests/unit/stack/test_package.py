"""Packages: the same bytes everywhere, with everything the function imports and nothing it cannot run."""

from __future__ import annotations

import io
import subprocess
import sys
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
