"""Secrets are taken out by value, before any byte reaches the disk.

By value, because a name says nothing about where a secret ends up: in a traceback, a log line, a URL. Known are the credentials
in the environment and whatever the process has been handed since (``register``); each is looked for as written and as JSON, URLs
and base64 spell it.
"""

from __future__ import annotations

import base64
import json
import os
from urllib.parse import quote

MASK = "[redacted]"
SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
)
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


def _spellings() -> set[str]:
    secrets = _registered | {value for name in SECRET_VARIABLES if len(value := os.environ.get(name, "")) >= SHORTEST}
    return {
        spelling
        for secret in secrets
        for spelling in (
            secret,
            json.dumps(secret)[1:-1],
            quote(secret, safe=""),
            base64.b64encode(secret.encode()).decode(),
        )
    }
