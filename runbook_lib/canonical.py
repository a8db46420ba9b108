"""JSON in one spelling, and what becomes of values that JSON does not have.

Records are compared by their bytes' SHA-256, by other programs and in other languages: sorted keys, no blanks, ASCII, no NaN, no
integer that a reader with 64-bit floats would round. A value that is none of JSON's is named, never quietly turned into another.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 2**53 - 1
"""The largest integer that every reader of JSON keeps as it is (RFC 7493)."""
DEEPEST = 100
"""Levels of nesting that every reader can be trusted with."""
SHOWN = 200
"""Characters of a value that is no JSON which are kept, to be read by people."""


def dumps(value: Any) -> bytes:
    """``value`` in the one spelling.

    Raises:
        ValueError: It holds NaN or an infinity; ``plain`` finds those first.
        TypeError: It holds something that is no JSON.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(content: bytes) -> str:
    """The digest as records spell it: 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest(value: Any) -> str:
    """The SHA-256 of ``value`` in the one spelling."""
    return sha256(dumps(value))


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file; reads it piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plain(value: Any) -> tuple[Any, tuple[str, ...]]:
    """``value`` as JSON, and what in it was none.

    Returns:
        JSON values only, with a sentence in place of each that is none; and one complaint for each, naming key and type.
    """
    wrong: list[str] = []
    return _plain(value, "", (), wrong), tuple(wrong)


def _plain(value: Any, where: str, above: tuple[int, ...], wrong: list[str]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(str.__str__(value), where, wrong)
    if isinstance(value, int | float):
        return _number(value, where, wrong)
    if isinstance(value, dict | list | tuple):
        if id(value) in above:
            return _odd("a structure that holds itself", where, wrong)
        if len(above) >= DEEPEST:
            return _odd(f"nested more than {DEEPEST} levels deep", where, wrong)
        inside = (*above, id(value))
        if isinstance(value, dict):
            return {
                _key(key, where, value, wrong): _plain(each, f"{where}.{key!s}" if where else f"{key!s}", inside, wrong)
                for key, each in value.items()
            }
        return [_plain(each, f"{where}[{index}]", inside, wrong) for index, each in enumerate(value)]
    return _odd(f"of type {type(value).__name__}", where, wrong, value)


def _number(value: float, where: str, wrong: list[str]) -> Any:
    if isinstance(value, int):
        too_large = f"an integer of {value.bit_length()} bits, which other readers of JSON round"
        return int(value) if abs(value) <= LARGEST else _odd(too_large, where, wrong)
    return float(value) if math.isfinite(value) else _odd(f"the number {float(value)}", where, wrong)


def _text(value: str, where: str, wrong: list[str]) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError as error:
        wrong.append(f"{printable(where)} is text with a lone surrogate at character {error.start}")
        return printable(value)
    return value


def _key(key: Any, where: str, mapping: dict[Any, Any], wrong: list[str]) -> str:
    if isinstance(key, str):
        return _text(str.__str__(key), f"a key of {where or 'the data'}", wrong)
    wrong.append(f"a key of {printable(where) or 'the data'} is of type {type(key).__name__}")
    name = _shown(key)
    return f"{name} ({type(key).__name__})" if name in mapping else name


def _odd(what: str, where: str, wrong: list[str], value: Any = None) -> str:
    wrong.append(f"{printable(where) or 'the data'} is {what}")
    return f"[no JSON: {what}] {_shown(value)}".strip() if value is not None else f"[no JSON: {what}]"


def _shown(value: Any) -> str:
    try:
        return printable(repr(value))[:SHOWN]
    except Exception as error:  # noqa: BLE001 - any object's own code; the complaint about it stands beside
        return f"(its repr raises {type(error).__name__})"


def printable(text: str) -> str:
    """``text`` with each lone surrogate spelled out, so that it can be written."""
    return text.encode(errors="backslashreplace").decode()


def opened(value: Any) -> Any:
    """A document within a text, such as a policy, read; whatever else, text that only begins like one included, as it is."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
