"""What looks like a credential in a text: by the formats that Yelp's ``detect-secrets`` knows; pure, and no network is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.ip_public import IPPublicDetector


def credentials(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where texts hold what looks like a credential, and its kind; not what, for this is put on record.

    Args:
        value: A text, or maps and lists of such.
        path: Where it is.
    """
    if isinstance(value, str):
        if "://" in value and _password(value):
            yield path, "Basic Auth Credentials"  # the detector's own wants a user as well
        for detector in _detectors():
            if any(detector.analyze_string(value)):
                yield path, detector.secret_type
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from credentials(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for each in value:
            yield from credentials(each, path)


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
