"""Finds card numbers that were sent by mistake, wherever in a document they are."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGIT_GROUPS = re.compile(r"[0-9]+(?:(?:[^\w:]|_){1,3}[0-9]+)*")
"""Between groups may stand whatever is neither letter nor digit, but no colon: that makes a time of day."""
_UUID = re.compile(
    r"(?<![0-9a-z])(?=[0-9-]*[a-f])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9a-z])",
    re.IGNORECASE,
)
"""RFC 9562. One in 700 random ones has a run of digits that would do as a card number.

One without any letter is no random one (they are one in a million), but maybe a card number that was filled up.
"""
_LENGTHS = range(13, 20)
"""Digits of a primary account number in use (ISO/IEC 7812-1 allows up to 19)."""
_ISSUED = re.compile(r"2[1-9]|[3-6]")
"""Major industry identifiers of payment cards: travel, banking, merchandising. 20 begins years, and no card in use."""


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
    for chain in _DIGIT_GROUPS.findall(_UUID.sub("uuid", _plain(text))):
        groups = re.split("[^0-9]+", chain)
        for start in range(len(groups)):
            digits = ""
            for group in groups[start:]:
                digits += group
                if len(digits) >= _LENGTHS.stop:
                    break
                if len(digits) in _LENGTHS and _ISSUED.match(digits) and luhn(digits):
                    return True
    return False


def _plain(text: str) -> str:
    """Give a text as it is read: every script's digits in ASCII, without what is not to be seen (category Cf)."""
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return "".join(str(unicodedata.digit(letter, letter)) for letter in letters)


def luhn(digits: str) -> bool:
    """Check a number's last digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - a two-digit product counts by its digit sum
    return total % 10 == 0
