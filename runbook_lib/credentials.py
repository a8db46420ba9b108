"""What looks like a credential in a text: by the formats that Yelp's ``detect-secrets`` knows; pure, and no network is asked."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.ip_public import IPPublicDetector

from runbook_lib.canonical import opened
from runbook_lib.plan import COMPUTED
from runbook_lib.secret_names import is_environment, is_password
from runbook_lib.signatures import SIGNATURE


def credentials(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where texts hold what looks like a credential, and its kind; not what, for this is put on record.

    Args:
        value: A text, or maps and lists of such.
        path: Where it is.
    """
    if isinstance(value, str):
        for text in (value, _decoded(value)):
            yield from ((path, kind) for kind in _kinds(text))
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from credentials(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for each in value:
            yield from credentials(each, path)


def _kinds(text: str) -> Iterator[str]:
    if "://" in text and _password(text):
        yield "Basic Auth Credentials"  # the detector's own wants a user as well
    for detector in _detectors():
        if any(detector.analyze_string(text)):
            yield detector.secret_type


_ASSIGNED = re.compile(r"""(?:^|;)\s*(?:export\s+|set\s+)?([A-Za-z_]\w*)=["']?([^\s"'$;<][^\s"';]*)""", re.MULTILINE)
"""In a script, or in a connection string (``Server=h;Password=…``)."""


def variables(value: Any, *, inside: bool = False) -> Iterator[tuple[str, str]]:
    """The variables that a resource's inputs start something with: in a map, a list of names and values, JSON, or a script.

    Args:
        value: A resource's inputs, or a part of them.
        inside: Whether it is an environment.
    """
    if isinstance(value, str):
        yield from _in_text(value, inside=inside)
    elif isinstance(value, list):
        yield from (found for each in value for found in variables(each, inside=inside))
    elif isinstance(value, dict):
        if inside and isinstance(value.get("name"), str) and isinstance(value.get("value"), str):
            yield value["name"], value["value"]
        for name, each in value.items():
            if (
                inside
                and name not in {"name", "value"}
                and (isinstance(each, str) or (isinstance(each, dict) and SIGNATURE in each))
            ):
                yield name, str(each)  # one that Pulumi keeps secret is in clear where it is used
            else:
                yield from variables(each, inside=inside or is_environment(name))


def _in_text(text: str, *, inside: bool) -> Iterator[tuple[str, str]]:
    if text.lstrip().startswith(("{", "[")):
        with suppress(ValueError):
            yield from variables(json.loads(text), inside=inside)
    yield from _ASSIGNED.findall(text)
    yield from _ASSIGNED.findall(_decoded(text))


def _decoded(text: str) -> str:
    """What a text says in base64, as user data does; empty if it is none."""
    if "\n" in text or not text or len(text) % 4:
        return ""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (ValueError, UnicodeDecodeError):
        return ""


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None  # it is no URL


@cache
def _detectors() -> list[RegexBasedDetector]:
    """Yelp's detectors of known formats: access keys, tokens, private keys, URLs with a password. No network is asked."""
    classes: Iterable[type[Any]] = get_mapping_from_secret_type_to_class().values()
    return [each() for each in classes if issubclass(each, RegexBasedDetector) and each is not IPPublicDetector]


def passwords(inputs: Any, path: str = "") -> Iterator[str]:
    """Where a password stands, however deep, also in JSON text; at the top even one that is secret, for AWS can make it."""
    for name, value in inputs.items():
        here = f"{path}.{name}" if path else name
        shown = isinstance(value, str) and value not in {"", COMPUTED} and not value.startswith("arn:")
        if is_password(name) and (shown or (not path and value and not isinstance(value, bool))):
            yield here
        inner = opened(value)
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, dict) and SIGNATURE not in each:
                yield from passwords(each, here)
