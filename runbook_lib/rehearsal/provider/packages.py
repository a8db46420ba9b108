"""Files as they come over Pulumi's wire, as bytes: what S3 objects and Lambda packages are made of."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.wire import Archive, Asset

if TYPE_CHECKING:
    from collections.abc import Iterator

EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


def content(source: Asset | Archive) -> bytes:
    """The bytes of a file, or the zip that an archive is.

    A zip is built without time stamps and in order, so that equal sources are equal bytes on every machine.

    Raises:
        ProviderError: If it is at an address, which a rehearsal never fetches, or not there.
    """
    if source.uri:
        raise ProviderError(f"{source.uri}: a rehearsal fetches nothing; use a local file")
    if isinstance(source, Asset):
        return source.text.encode() if source.text is not None else _file(source.path)
    if source.path and zipfile.is_zipfile(source.path):
        return Path(source.path).read_bytes()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in sorted(_members(source)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, body)
    return target.getvalue()


def _members(archive: Archive, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for name, item in (archive.assets or {}).items():
        if isinstance(item, Archive):
            yield from _members(item, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", content(item)
    if archive.path is None:
        return
    root = Path(archive.path)
    if zipfile.is_zipfile(root):
        with zipfile.ZipFile(root) as package:
            for entry in package.infolist():
                if not entry.is_dir():
                    yield f"{prefix}{entry.filename}", package.read(entry)
    elif root.is_dir():
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            yield f"{prefix}{path.relative_to(root).as_posix()}", path.read_bytes()
    else:
        raise ProviderError(f"{archive.path} is neither a folder nor a zip file")


def _file(path: str | None) -> bytes:
    try:
        return Path(path or "").read_bytes()
    except OSError as error:
        raise ProviderError(f"{path or 'an asset without path'} cannot be read: {error.strerror}") from error
