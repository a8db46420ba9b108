"""YAML and JSON files, read with the fast loader where there is one, written atomically."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def load(file: Path) -> Any:
    """Read a file; dates stay as they are written, since Pulumi's YAML has none."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_DatelessLoader)  # noqa: S506 - derived from SafeLoader


def dump(file: Path, data: dict[str, Any]) -> None:
    """Write a file, keys in the order given."""
    write_atomically(file, yaml.dump(data, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=1 << 20).encode())


def write_atomically(file: Path, *content: bytes) -> None:
    """Replace a file by content in parts, so that a reader, or a crash, sees the old content or the new, never less."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink()
        raise


class _DatelessLoader(LOADER):  # type: ignore[misc] # which loader it is depends on the platform
    """Reads `2026-11-24` as text, as Go's YAML does for configuration."""


_DatelessLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in LOADER.yaml_implicit_resolvers.items()
}
