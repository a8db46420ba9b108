"""Lambda packages: the same bytes from the same sources and lock file, on any machine.

Dependencies are taken from the environment this program runs in, whose versions requirements.lock pins. All are pure
Python, so it does not matter that Lambda runs another platform or minor version.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import os
import re
import secrets
import tempfile
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HERE = Path(__file__).parent
SOURCES = HERE / "functions"
BUILD = HERE / ".build"
BUILD_VARIABLE = "RUNBOOK_BUILD"
"""Names the folder that packages are built in, for a checkout that may not be written to; plans do not depend on it."""

_COMPILED = {".so", ".pyd", ".dll", ".dylib"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time a zip entry can carry."""
_READABLE_FILE = 0o100644 << 16


class PackageError(Exception):
    """Raised when a function cannot be packaged."""


@dataclass(frozen=True)
class Package:
    """A built package."""

    path: Path
    sha256: str
    """Base64, as Lambda reports it in `CodeSha256`."""

    @property
    def relative(self) -> str:
        """The path as the program sees it: the same on every machine, so that plans are."""
        return os.path.relpath(self.path)


def build(function: str, distributions: Iterable[str], extra: Mapping[str, bytes] | None = None) -> Package:
    """Package a function with `shared/` and its dependencies.

    Args:
        function: A folder of `functions/`.
        distributions: What it imports from PyPI; what these need comes along.
        extra: More files by name, such as a CA bundle.
    """
    entries = {**sources(function), **dependencies(distributions), **(extra or {})}
    content = archive(entries)
    digest = hashlib.sha256(content)
    path = _kept(f"{function}-{digest.hexdigest()[:16]}.zip", content)
    return Package(path, base64.b64encode(digest.digest()).decode())


def archive(entries: Mapping[str, bytes]) -> bytes:
    """Make a zip file that depends on names and contents only.

    Entries are stored, not deflated: zlib's output differs between its versions and forks.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, wherever it is built
            entry.external_attr = _READABLE_FILE
            target.writestr(entry, entries[name])
    return buffer.getvalue()


def sources(function: str) -> dict[str, bytes]:
    """Collect a function's own files and the shared ones."""
    folders = (SOURCES / function, SOURCES / "shared")
    found = {
        path.relative_to(SOURCES).as_posix(): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    if f"{function}/handler.py" not in found:
        raise PackageError(f"{SOURCES / function} has no handler.py: {function!r} is not a function of this program")
    return found


def dependencies(distributions: Iterable[str]) -> dict[str, bytes]:
    """Collect the installed files of distributions and of all they need."""
    return {
        file.as_posix(): Path(str(file.locate())).read_bytes()
        for distribution in _closure(distributions)
        for file in _packaged(distribution)
    }


def _closure(names: Iterable[str]) -> Iterator[metadata.Distribution]:
    pending, seen = list(names), set[str]()
    while pending:
        name = pending.pop()
        if (canonical := re.sub(r"[-_.]+", "-", name).lower()) in seen:
            continue
        seen.add(canonical)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError as error:
            raise PackageError(f"{name} is not installed here: install requirements.lock") from error
        yield distribution
        required = [line for line in distribution.requires or [] if "extra ==" not in line]
        pending += [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in required]


def _packaged(distribution: metadata.Distribution) -> Iterator[metadata.PackagePath]:
    """Leave out what installers write (records, byte code, scripts); keep code, metadata and licences."""
    for file in distribution.files or []:
        if file.suffix in _COMPILED:
            raise PackageError(f"{distribution.name} has a compiled file {file}: only pure Python runs everywhere")
        if ".." in file.parts or file.suffix == ".pyc":
            continue
        in_metadata = file.parts[0].endswith(".dist-info")
        if not in_metadata or file.name == "METADATA" or "LICENSE" in file.name:
            yield file


def _kept(name: str, content: bytes) -> Path:
    """The file of that name and content, in the first folder that has it or takes it: what a folder can do is tried."""
    said = []
    for folder in _folders():
        try:
            return _there(folder / name, content)
        except OSError as error:
            said.append(f"{folder}: {error.strerror}")
    raise PackageError(f"no folder takes the package {name} ({'; '.join(said)}): set {BUILD_VARIABLE} to one of yours")


def _folders() -> Iterator[Path]:
    if named := os.environ.get(BUILD_VARIABLE):
        yield Path(named)
    yield BUILD
    own = Path(tempfile.gettempdir()) / f"payments-packages-{os.geteuid()}"
    with contextlib.suppress(FileExistsError):
        own.mkdir(mode=0o700)
    if own.stat().st_uid == os.geteuid():  # in a folder that is everybody's, the name may be somebody else's
        yield own


def _there(path: Path, content: bytes) -> Path:
    """Write a file, unless it is there. Whoever left it: what cannot be read, or is not what it should be, is replaced.

    Raises:
        OSError: It cannot be.
    """
    with contextlib.suppress(OSError):
        if path.read_bytes() == content:
            return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("xb") as file:  # not a temporary file of `tempfile`'s, which is its owner's whatever the umask
            file.write(content)
        partial.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    return path
