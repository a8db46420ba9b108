"""A3: card numbers are found wherever they hide, and ordinary numbers are left alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from payments.cards import _plain, holds_card_number, luhn

# Test numbers that card schemes publish: no account has them.
NUMBERS = ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "30569309025904"]


@pytest.mark.parametrize("number", NUMBERS)
def test_published_test_numbers_are_card_numbers(number: str) -> None:
    assert holds_card_number({"note": number})


@pytest.mark.parametrize(
    "document",
    [
        {"metadata": {"note": "card 4111 1111 1111 1111 thanks"}},
        {"metadata": {"note": "4111-1111-1111-1111"}},
        {"metadata": {"4111111111111111": "x"}},
        {"metadata": {"note": 4111111111111111}},
        {"metadata": [{"deep": ["4111.1111.1111.1111"]}]},
        {"metadata": {"note": "order 12 4111 1111 1111 1111 7"}},
        {"metadata": {"note": "\uff14\uff11\uff11\uff11 1111 1111 1111"}},
        {"metadata": {"note": "4111\u00a01111\u00a01111\u00a01111"}},
        {"merchant_id": "4111111111111111"},
        {"merchant_id": "4111_1111_1111_1111"},
        {"method": {"type": "card", "token": "tok_4111_1111_1111_1111"}},
        {"metadata": {"4111_1111_1111_1111": "x"}},
        {"metadata": {"note": "order_0b8f4c1e-5d57-4f0e-9a53-3f3f0e2b9a11 4111,1111,1111,1111"}},
        {"metadata": {"note": "41111111-1111-1111-0000-000000000000"}},
        {"metadata": {"note": "\u0664\u0661\u0661\u0661 1111 1111 1111"}},
        {"metadata": {"note": "4111 \u200e-\u200f 1111 1111 1111"}},
        {"metadata": {"note": "4\u246a\u246a\u246a\u246a\u246a\u246a\u246a1"}},
        {"metadata": {"note": "4111 \u2011 1111 \u2011 1111 \u2011 1111"}},
    ],
)
def test_a_card_number_is_found_in_any_place_and_any_dress(document: dict[str, Any]) -> None:
    assert holds_card_number(document)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "411111111111",
        "1111111111111111117",
        "order-77",
        "2026-11-24 12:00:00",
        "2026-11-24T12:00:00Z",
        "2026-11-24T12:00:00.123456+00:00",
        "2026-11-24 12:00\uff1a00",
        "20261124T120000Z",
        "20261124120001",
        "from 2026-11-24 to 2027-01-31",
        "2026-11-24 12:00:00,123 - 2026-11-24 12:30:00,456",
        "+49 89 1234567",
        "+1 (415) 555-0132",
        "+44 20 7946 0958 / +44 20 7946 0959",
        "192.168.100.200",
        "10.0.0.1, 10.0.0.2, 192.168.1.254",
        "192.168.100.200:54321",
        "12.50, 13.75, 99.00, 100.00",
        "[19.99, 5.00, 249.95]",
        "1,234,567.89",
        "4111 1111 .... 1111 1111",
        "4111:1111:1111:1111",
        "41111111x11111111",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert not holds_card_number({"note": text})


SEPARATORS = [*" _/,|*\n\u2013\u2014\u2011\u00a0\u200b\u2060\ufeff\u00ad", "  ", ", ", " - "]
ZEROS = ["0", "\uff10", "\u0660", "\u06f0", "\u0966", "\u0e50", "\U0001d7ce"]
"""The noughts of some scripts; in each, the other digits follow."""
OTHER_CHARACTERS = st.characters(exclude_categories=["L", "N", "Cs"])


def separates(text: str) -> bool:
    """Whether a text is up to three characters that are no letters, digits or colons, read as `_plain` reads it."""
    return len(_plain(text)) <= 3 and not any(letter.isalnum() or letter == ":" for letter in _plain(text))


@given(st.data(), st.sampled_from(NUMBERS), st.sampled_from(ZEROS), st.sampled_from(["", "tok_", "card: ", "x"]))
def test_a_number_in_groups_is_found_whatever_stands_between_them(
    data: st.DataObject, number: str, zero: str, before: str
) -> None:
    separator = st.sampled_from(SEPARATORS) | st.text(OTHER_CHARACTERS, min_size=1, max_size=3).filter(separates)
    text, rest = before, "".join(chr(ord(zero) + int(digit)) for digit in number)
    while rest:
        length = data.draw(st.integers(1, len(rest)))
        text, rest = text + rest[:length], rest[length:]
        text += data.draw(separator) if rest else ""
    assert holds_card_number({text: 1})
    assert holds_card_number({"note": text})


@given(
    st.uuids(version=4).filter(lambda identity: not identity.hex.isdecimal()),
    st.sampled_from(["{}", "order-{}", "id_{}", "{}:1"]),
)
@example(UUID("f8ceefd9-58d4-45d3-9609-034714454b2b"), "trace-{}")
def test_no_uuid_is_taken_for_a_card_number(identity: UUID, place: str) -> None:
    assert not holds_card_number({"note": place.format(identity)})


@pytest.mark.parametrize("text", ["{} 4111111111111111", "4111111111111111-{}", "{}-4111111111111111"])
def test_a_uuid_hides_no_number_beside_it(text: str) -> None:
    assert holds_card_number({"note": text.format("0b8f4c1e-5d57-4f0e-9a53-3f3f0e2b9a11")})


def test_depth_is_no_hiding_place_and_no_weapon() -> None:
    document: Any = "4111111111111111"
    for _ in range(100_000):
        document = [document]
    assert holds_card_number(document)


@given(st.from_regex(r"[0-9]{12,18}", fullmatch=True))
def test_exactly_one_check_digit_completes_a_number(prefix: str) -> None:
    assert sum(luhn(prefix + digit) for digit in "0123456789") == 1
