"""What to look for in a text's readings: a secret as it is, and in the encodings that are not read but recognised.

Base64 is recognised by its core. Three bytes make four characters, so a secret looks different at each of three offsets, and
its first and last characters depend on what stands beside it. The characters between depend on the secret alone: they are
what is masked, whatever stands before and after it.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from runbook_lib.redaction.readings import plainest
from runbook_lib.redaction.strength import ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 8
"""A shorter spelling is found in ordinary text, and masks it."""
_BITS = 6
"""What a character of base64 holds."""


@lru_cache(maxsize=4096)
def spellings(secret: str) -> frozenset[str]:
    """Every text that gives ``secret`` away in one of a text's readings."""
    raw = secret.encode("utf-8", "surrogatepass")
    found = {secret, "".join(secret.splitlines()), secret.replace("\n", "")}
    found |= {unicodedata.normalize(form, secret) for form in ("NFC", "NFD")}
    for plain in (secret, raw.decode("latin-1")):
        found |= {plain, plain.replace(" ", "+")}
        if not ordinary(plain[1:]):
            found.add(plain[1:])  # a backslash that stands before it takes its first character
        found.update(decoded for decoded in plainest(plain) if not ordinary(decoded))
    for octets in {raw, *_written(secret)}:
        for core in _cores(octets):
            found |= {core, core.replace("+", "-").replace("/", "_")}
        found |= set(_hexadecimal(octets))
    for core in _cores(secret.encode("utf-16-le", "surrogatepass")):
        found.add(core)
    for core in _cores(raw):  # a token in a manifest that is base64 as a whole
        found |= set(_cores(core.encode()))
    return frozenset(spelling for spelling in found if len(spelling) >= SHORTEST)


def _written(secret: str) -> Iterator[bytes]:
    """The secret as a document may hold that is then encoded as a whole."""
    yield json.dumps(secret)[1:-1].encode()
    yield json.dumps(secret, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
    yield quote(secret, errors="surrogatepass").encode()
    yield quote(secret, safe="", errors="surrogatepass").encode()


def _cores(octets: bytes) -> Iterator[str]:
    """The characters of base64 that hold nothing but ``octets``, at each of the three offsets."""
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + octets + bytes(2)).decode()
        first = -(-offset * 8 // _BITS)
        last = (offset + len(octets)) * 8 // _BITS
        yield text[first:last]


def _hexadecimal(octets: bytes) -> Iterator[str]:
    for between in ("", ":", " "):
        text = octets.hex(between) if between else octets.hex()
        yield text
        yield text.upper()
