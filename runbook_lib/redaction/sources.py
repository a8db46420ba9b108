"""The secrets that a process's surroundings tell of: its environment, and the files that AWS and Pulumi take theirs from.

Files are read anew when they have changed: credentials are refreshed while a step runs.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib.redaction.leaves import TELLING, telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Named = tuple[str, str]
"""A secret, and what it is called."""

SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
)
"""Those that every run knows; others of AWS and Pulumi are told by their names."""
PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 - a variable's name
CREDENTIALS = "AWS_SHARED_CREDENTIALS_FILE"
BACKEND = "PULUMI_BACKEND_URL"
_THEIRS = ("AWS_", "PULUMI_")
_LINE = re.compile(r"^[ \t]*(\w+)[ \t]*[=:][ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_TOO_LONG = 1 << 20
"""Bytes; no file of credentials is larger."""

_read: dict[Path, tuple[tuple[int, ...], list[Named]]] = {}
"""What each file said, with what it looked like then."""


def surroundings(environment: Mapping[str, str] | None = None) -> Iterator[Named]:
    """Every secret that the environment, or a file that it or a default names, holds now."""
    told = os.environ if environment is None else environment
    for name, value in told.items():
        if not name.startswith(_THEIRS) or not value:
            continue
        if name == BACKEND:
            yield value, name
        elif name.endswith("_FILE") and TELLING.search(name) and name != CREDENTIALS:
            yield from _file(Path(value).expanduser(), name)
        elif telling(name):
            yield value, name
    home = Path(told.get("HOME") or "~").expanduser()
    aws = home / ".aws"
    for path in (told.get(CREDENTIALS) or aws / "credentials", told.get("AWS_CONFIG_FILE") or aws / "config"):
        yield from _file(Path(path).expanduser(), "")
    for folder in ("sso/cache", "cli/cache", "login/cache", "boto/cache"):
        for path in _files(aws / folder):
            yield from _file(path, "")
    yield from _file(Path(told.get("PULUMI_HOME") or home / ".pulumi") / "credentials.json", "")


def passphrase() -> str:
    """What Pulumi encrypts the stack's secrets with, as it reads it."""
    if given := os.environ.get("PULUMI_CONFIG_PASSPHRASE"):
        return given
    path = os.environ.get(PASSPHRASE_FILE)
    return next((secret.strip() for secret, _ in _file(Path(path).expanduser(), PASSPHRASE_FILE)), "") if path else ""


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.json"))
    except OSError:  # a folder that we may not read: neither may what looks for credentials in it
        return []


def _file(path: Path, name: str) -> list[Named]:
    """What a file holds; a file that cannot be read holds nothing: whoever needs it says so."""
    try:
        found = path.stat()
        looks = (found.st_mtime_ns, found.st_size, found.st_ino)
        if path not in _read or _read[path][0] != looks:
            text = path.read_text(encoding="utf-8", errors="replace") if found.st_size <= _TOO_LONG else ""
            _read[path] = (looks, [(text, name)] if name else list(_told(text)))
    except OSError:
        return []
    return _read[path][1]


def _told(text: str) -> Iterator[Named]:
    """What profiles, or the JSON of a cache, call a secret."""
    if text.lstrip().startswith("{"):
        try:
            yield from _of_json(json.loads(text), "")
        except ValueError:  # being written just now: it is read again once it has changed
            return
        return
    for name, value in _LINE.findall(text):
        if name.endswith("_file") and TELLING.search(name):
            yield from _file(Path(value).expanduser(), name)
        elif telling(name):
            yield value, name


def _of_json(value: Any, name: str) -> Iterator[Named]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_json(inner, name if name.endswith("Tokens") else str(key))  # of Pulumi, by address
    elif isinstance(value, list):
        for inner in value:
            yield from _of_json(inner, name)
    elif isinstance(value, str) and telling(name):
        yield value, name
