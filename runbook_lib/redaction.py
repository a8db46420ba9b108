"""Secrets are taken out by value, before any byte reaches the disk.

By value, because a name says nothing about where a secret ends up: in a traceback, a log line, a URL. Known are the credentials
in the environment, what is in the file that Pulumi reads its passphrase from, the password in the backend's URL, and whatever
the process has been handed since (``register``: the credentials that boto3 resolved). Each is looked for as written and as
JSON, HTML, URLs and base64 spell it. ``files`` calls this for every record it writes.
"""

from __future__ import annotations

import base64
import html
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from nbformat import NotebookNode

MASK = "[redacted]"
SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
)
PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 - a variable's name
BACKEND = "PULUMI_BACKEND_URL"
SHORTEST = 8
"""Anything shorter is no secret worth the name, and would mask half the text."""

_registered: set[str] = set()


def register(secret: str) -> None:
    """Take ``secret`` out of everything this process writes from now on."""
    if len(secret) >= SHORTEST:
        _registered.add(secret)


def redact(text: str) -> str:
    """``text`` with every known secret replaced by ``MASK``; the longest first, so that none leaves a tail."""
    for spelling in sorted(_spellings(), key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text


def redact_notebook(notebook: NotebookNode) -> NotebookNode:
    """A copy of a notebook with every known secret masked in every string that a cell said; ``notebook`` stays as it is."""
    import nbformat

    clean: NotebookNode = nbformat.reads(redact(nbformat.writes(notebook)), as_version=4)
    return clean


def redact_values(value: Any) -> Any:
    """A copy of a JSON value with every known secret masked in its strings; keys and numbers stay as they are."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: redact_values(each) for key, each in value.items()}
    return [redact_values(each) for each in value] if isinstance(value, list | tuple) else value


def _spellings() -> set[str]:
    secrets = _registered | {secret for secret in _surroundings() if len(secret) >= SHORTEST}
    return {
        spelling
        for secret in secrets
        for spelling in (
            secret,
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
            html.escape(secret),
            html.escape(secret, quote=False),
            quote(secret, safe=""),
            base64.b64encode(secret.encode()).decode(),
        )
    }


def _surroundings() -> set[str]:
    """The secrets that the environment tells of."""
    found = {os.environ.get(name, "") for name in SECRET_VARIABLES}
    found.add(unquote(urlsplit(os.environ.get(BACKEND, "")).password or ""))
    if path := os.environ.get(PASSPHRASE_FILE):
        try:
            found.add(Path(path).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):  # Pulumi says so when it needs it; there is nothing to take out
            found.discard("")
    return found
