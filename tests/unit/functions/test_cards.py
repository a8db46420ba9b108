"""A3: card numbers are found wherever they hide, and ordinary numbers are left alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from payments.cards import holds_card_number, luhn

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
    ],
)
def test_a_card_number_is_found_in_any_place_and_any_dress(document: dict[str, Any]) -> None:
    assert holds_card_number(document)


@pytest.mark.parametrize(
    "text",
    ["4111111111111112", "411111111111", "2026-11-24 12:00:00", "+49 89 1234567", "1111111111111111117", "order-77"],
)
def test_other_numbers_are_not(text: str) -> None:
    assert not holds_card_number({"note": text})


@given(st.uuids(version=4), st.sampled_from(["{}", "order-{}", "{}:1"]))
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
