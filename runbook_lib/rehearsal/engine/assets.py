"""Hashes of assets and archives, as Pulumi computes them (SHA-256; a folder or a map of assets as an uncompressed tar)."""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import tarfile
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.engine.values import Asset

ARCHIVE_SUFFIXES = (".tar", ".tgz", ".tar.gz", ".zip", ".jar")
DEVICE_FIELDS = slice(329, 345)
CHECKSUM_FIELD = slice(148, 156)


def hashed(asset: Asset, folder: Path) -> Asset:
    """The same asset with its hash, read from disk if need be.

    Args:
        asset: An asset or archive; one that has a hash already is returned as it is.
        folder: What relative paths start from: the program's working directory.
    """
    if asset.hash:
        return asset
    if asset.assets is not None:
        nested = {name: hashed(item, folder) for name, item in asset.assets.items()}
        asset = replace(asset, assets=nested)
    digest = hashlib.sha256()
    for chunk in _archive_bytes(asset, folder) if asset.archive else [_content(asset, folder)]:
        digest.update(chunk)
    return replace(asset, hash=digest.hexdigest())


def _content(asset: Asset, folder: Path) -> bytes:
    if asset.path:
        try:
            return (folder / asset.path).read_bytes()
        except OSError as error:
            raise EngineError(f"failed to open asset file '{asset.path}': {error.strerror}") from error
    if asset.uri:
        if not asset.uri.startswith(("file://", "http://", "https://")):
            raise EngineError(f"unrecognized URI scheme in asset '{asset.uri}'; use file, http or https")
        with urllib.request.urlopen(asset.uri) as response:  # noqa: S310 - the scheme was checked above
            return bytes(response.read())
    return (asset.text or "").encode()


def _archive_bytes(asset: Asset, folder: Path) -> Iterator[bytes]:
    if asset.path.endswith(ARCHIVE_SUFFIXES) or asset.uri:
        yield _content(asset, folder)
        return
    seen: set[str] = set()
    for member, content in _members(asset, folder):
        name = posixpath.normpath(member)
        if name not in seen:
            seen.add(name)
            yield _tar_header(name, len(content))
            yield content + bytes(-len(content) % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _members(asset: Asset, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files of an archive in Pulumi's order: maps by name, folders in lexical walk order."""
    for name, item in sorted((asset.assets or {}).items()):
        if item.archive:
            yield from ((f"{name}/{inner}", content) for inner, content in _members(item, folder))
        else:
            yield name, _content(item, folder)
    if asset.path.endswith(ARCHIVE_SUFFIXES):
        yield from _packed_members(folder / asset.path)
    elif asset.path:
        root = folder / asset.path
        if not root.is_dir():
            raise EngineError(f"couldn't read archive path '{asset.path}': it is neither a known archive nor a folder")
        for path in _walk(root):
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda item: item.name):
        if entry.name == ".pulumi":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif not entry.is_dir():
            yield Path(entry.path)


def _packed_members(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix in {".zip", ".jar"}:
        import zipfile

        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, archive.read(info)
        return
    with tarfile.open(path) as archive:
        for member in archive:
            if (file := archive.extractfile(member)) is not None:
                yield member.name, file.read()


def _tar_header(name: str, size: int) -> bytes:
    """A header as Go's archive/tar writes it: device numbers are zeros in octal, where Python leaves them empty."""
    info = tarfile.TarInfo(name)
    info.mode, info.size = 0o600, size
    stream = io.BytesIO(info.tobuf(tarfile.USTAR_FORMAT if name.isascii() else tarfile.PAX_FORMAT))
    header = bytearray(stream.getvalue())
    block = memoryview(header)[-tarfile.BLOCKSIZE :]
    block[DEVICE_FIELDS] = b"0000000\0" * 2
    block[CHECKSUM_FIELD] = b" " * 8
    block[CHECKSUM_FIELD] = b"%06o\0 " % sum(block)
    return bytes(header)
