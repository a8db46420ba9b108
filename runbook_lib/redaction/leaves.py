"""A secret that has parts is known part by part: one is printed without the others.

A database's secret is a JSON object, a connection a URL, a key has lines. Each line and each password of a URL is a secret of its
own, and each member whose name says so or that was drawn at random; schemas, user names, hosts, ports and words are not, and
``readable`` says which those are.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from runbook_lib.redaction.strength import ordinary, random

if TYPE_CHECKING:
    from collections.abc import Iterator

Leaf = tuple[str, str]
"""A part, and what it is called."""
_Part = tuple[str, str, bool]
"""A part, what it is called, and whether what it stands in says that it is a secret."""

TELLING = re.compile(r"secret|passw|pwd|passphrase|token|credential|private_?key|api_?key|access_?key(?!_?id)", re.IGNORECASE)
"""A name that says that its value is secret."""
_ALSO_TELLING = re.compile(
    rf"{TELLING.pattern}|pass|auth|connection_?str|conn_?str|dsn|signature|salt|seed|mnemonic|otp|^pin$|(?<!public)(?<!public_)key$",
    re.IGNORECASE,
)
"""The same, of a member of something that is secret as a whole."""
_OPEN = re.compile(
    r"(?:user(?:_?name)?|login|host(?:name)?|server|address|endpoint|port|engine|db_?name|database|region|account"
    r"|name|type|driver|scheme|protocol|identifier|id|arn)$",
    re.IGNORECASE,
)
"""A name that says that its value is not: whoever reads a record needs it."""
_KNOWN_SHAPES = re.compile(
    r"arn:aws[\w-]*:\S*|[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|local|internal|aws|dev)(?::\d+)?|\d+\.\d+\.\d+\.\d+(?::\d+)?",
    re.IGNORECASE,
)
_ARMOUR = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]+-----|[\s\[\](){},;:\"']*")
_PAIR = re.compile(r"\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*(\S.*)")
_IN_CONNECTION = re.compile(r"(?:^|[\s;&?])([\w.-]+)=('[^']*'|\"[^\"]*\"|[^\s;&]+)")


NO_VALUE = re.compile(
    r"(?:file|ur[il]|arn|name|id|path|dir(?:ectory)?|count|version)$|^(?:next|continuation|client_?request|change)_?token$",
    re.IGNORECASE,
)
"""A name that says where a secret is, or what it is called."""


def telling(name: str) -> bool:
    """Whether something is secret that is called ``name``."""
    return bool(TELLING.search(name) and not NO_VALUE.search(name))


def leaves(secret: str, name: str = "") -> Iterator[Leaf]:
    """The secret itself and every part of it that is one by itself."""
    whole = secret.strip()
    seen: set[str] = set()
    for part, called, certain in [(whole, name, True), *_parts(whole, name)]:
        if part not in seen and (part == whole or (certain and not _stays(part, called))):
            seen.add(part)
            yield part, called


def readable(secret: str, name: str = "") -> list[str]:
    """What the parts are called that are not masked where they stand alone; never their values."""
    parts = [each for each in _parts(secret.strip(), name) if each[0] != secret]
    return sorted({called for part, called, certain in parts if not certain or _stays(part, called)})


def _stays(part: str, called: str) -> bool:
    last = called.rsplit(":", 1)[-1]
    open_name = _OPEN.search(last) and not TELLING.search(last)
    return bool(open_name or _KNOWN_SHAPES.fullmatch(part) or ordinary(part))  # what takes longest to find out comes last


def _parts(secret: str, name: str) -> Iterator[_Part]:
    if secret[:1] in {"{", "["}:
        try:
            parsed = json.loads(secret)
        except ValueError:  # it only begins like JSON
            parsed = None
        if parsed is not None:
            yield from _by_company(list(_of_json(parsed, name, ())))
            return
    if "\n" in secret:
        yield from _by_company(list(_of_lines(secret, name)))
    elif "://" in secret:
        yield from _of_url(secret, name)
    elif "=" in secret:
        for key, value in _IN_CONNECTION.findall(secret):
            if telling(key):
                yield value.strip("'\""), _within(name, key), True


def _by_company(parts: list[_Part]) -> list[_Part]:
    """Where nothing says which part is the secret, and there is but one that may be, that is the one."""
    unsaid = [each for each in parts if not _stays(each[0], each[1])]
    if len(unsaid) == 1:
        return [(part, called, certain or (part, called, certain) in unsaid) for part, called, certain in parts]
    return parts


def _of_json(value: Any, name: str, keys: tuple[str, ...]) -> Iterator[_Part]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_json(inner, _within(name, str(key)), (*keys, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _of_json(inner, name, keys)
    elif isinstance(value, str):
        inside = list(_parts(value, name))
        yield value, name, _secret(value, keys) or any(certain and not _stays(part, called) for part, called, certain in inside)
        yield from inside
    elif isinstance(value, int) and not isinstance(value, bool) and _secret("", keys):
        yield str(value), name, True


def _secret(value: str, keys: tuple[str, ...]) -> bool:
    """Whether a member is a secret: its key, or one around it, says so, or it was drawn at random."""
    return not keys or any(_ALSO_TELLING.search(key) and not NO_VALUE.search(key) for key in keys) or random(value)


def _of_lines(secret: str, name: str) -> Iterator[_Part]:
    for line in secret.splitlines():
        if _ARMOUR.fullmatch(line.strip()):
            continue
        if (pair := _PAIR.fullmatch(line)) and not line.strip().endswith("="):
            value = pair[2].strip().strip("'\"")
            yield value, _within(name, pair[1]), _secret(value, (pair[1],))
            yield from _parts(value, _within(name, pair[1]))
        else:
            yield line.strip(), _within(name, "line"), True


def _of_url(secret: str, name: str) -> Iterator[_Part]:
    try:
        found = urlsplit(secret)
        password = found.password
    except ValueError:  # no URL after all
        return
    if password:
        yield password, _within(name, "password"), True
        yield unquote(password), _within(name, "password"), True
    for key, value in parse_qsl(found.query):
        if telling(key):
            yield value, _within(name, key), True


def _within(name: str, key: str) -> str:
    return f"{name}:{key}" if name else key
