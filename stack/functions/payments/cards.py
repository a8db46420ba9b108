"""Finds card numbers that were sent by mistake, wherever in a document they are."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGIT_GROUPS = re.compile(r"[0-9]+(?:[ .\-][0-9]+)*")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b", re.IGNORECASE)
"""RFC 9562. One in 700 random ones has a run of digits that would do as a card number."""
_LENGTHS = range(13, 20)
"""Digits of a primary account number in use (ISO/IEC 7812-1 allows up to 19)."""
_FIRST_DIGITS = "23456"
"""Major industry identifiers of payment cards: travel, banking, merchandising."""


def holds_card_number(document: Any) -> bool:
    """Look through all keys and values of a JSON document, but not into UUIDs.

    It may take another long number for a card number: a payment refused is better than a card number kept.
    """
    return any(_in_text(text) for text in _texts(document))


def _texts(document: Any) -> Iterator[str]:
    """Walk without recursion: how deep a document goes is the sender's choice."""
    pending = [document]
    while pending:
        match pending.pop():
            case dict() as members:
                pending += [*members.keys(), *members.values()]
            case list() as items:
                pending += items
            case value:
                yield str(value)


def _in_text(text: str) -> bool:
    # Normalized, full-width digits and no-break spaces are the plain ones.
    searched = _UUID.sub("uuid", unicodedata.normalize("NFKC", text))
    for chain in _DIGIT_GROUPS.findall(searched):
        groups = re.split(r"[ .\-]", chain)
        for start in range(len(groups)):
            digits = ""
            for group in groups[start:]:
                digits += group
                if len(digits) >= _LENGTHS.stop:
                    break
                if len(digits) in _LENGTHS and digits[0] in _FIRST_DIGITS and luhn(digits):
                    return True
    return False


def luhn(digits: str) -> bool:
    """Check a number's last digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - a two-digit product counts by its digit sum
    return total % 10 == 0
