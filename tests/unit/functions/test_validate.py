"""A3: from a body to a payment, or to all that is wrong with it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payments.cards import holds_card_number
from payments.currencies import DECIMAL_PLACES
from payments.errors import (
    BodyMalformedError,
    BodyOversizedError,
    CardNumberSentError,
    PaymentRefusedError,
    RequestError,
)
from payments.validate import MAX_BODY_BYTES, MAX_MINOR_UNITS, read_payment

from .conftest import CARD_NUMBER, PAYMENT_ID, body

TRANSFER = {"type": "bank_transfer"}


def test_a_good_payment_is_read_with_its_currencys_decimal_places() -> None:
    payment = read_payment(body(amount="12.5", metadata={"order": "A-1", "retry": False, "n": 3}))
    assert (payment.payment_id, str(payment.amount), payment.token) == (PAYMENT_ID, "12.50", "tok_abcdefgh")
    assert payment.metadata == {"order": "A-1", "retry": False, "n": 3}


def test_a_bank_transfer_has_no_token() -> None:
    assert read_payment(body(method=TRANSFER)).token is None


def test_an_id_in_capitals_is_the_same_payment() -> None:
    assert read_payment(body(payment_id=PAYMENT_ID.upper())) == read_payment(body())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ('{"a": NaN}', "not_json"),
        ('{"a": 1, "a": 2}', "not_json"),
        ("[" * 8000, "not_json"),
        ("1" * 5000, "not_json"),
        ('{"a": 1e9999999999999999999}', "not_json"),
        ('{"a": -1.5e-9999999999999999999}', "not_json"),
        ("[]", "not_object"),
        ("null", "not_object"),
    ],
)
def test_what_is_not_one_json_object_is_malformed(text: str, code: str) -> None:
    with pytest.raises(BodyMalformedError, match=code):
        read_payment(text)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"payment_id": None}, "payment_id", "missing"),
        ({"amount": None}, "amount", "missing"),
        ({"method": None}, "method", "missing"),
        ({"payment_id": "42"}, "payment_id", "bad_uuid"),
        ({"payment_id": 42}, "payment_id", "bad_uuid"),
        ({"payment_id": f"{{{PAYMENT_ID}}}"}, "payment_id", "bad_uuid"),
        ({"amount": 12.5}, "amount", "bad_form"),
        ({"amount": "12,50"}, "amount", "bad_form"),
        ({"amount": "-1"}, "amount", "bad_form"),
        ({"amount": "1e3"}, "amount", "bad_form"),
        ({"amount": "NaN"}, "amount", "bad_form"),
        ({"amount": "\u0661\u0662"}, "amount", "bad_form"),
        ({"amount": "12.50\n"}, "amount", "bad_form"),
        ({"currency": "eur"}, "currency", "bad_form"),
        ({"currency": ["EUR"]}, "currency", "bad_form"),
        ({"merchant_id": "m'; DROP"}, "merchant_id", "bad_form"),
        ({"method": "card"}, "method", "bad_method"),
        ({"method": {"type": "card"}}, "method", "bad_method"),
        ({"method": {"type": "card", "token": "abc"}}, "method", "bad_method"),
        ({"method": {"type": "card", "token": "tok_abcdefgh", "cvc": 1}}, "method", "bad_method"),
        ({"method": {"type": "bank_transfer", "token": "tok_abcdefgh"}}, "method", "bad_method"),
        ({"metadata": []}, "metadata", "not_object"),
        ({"metadata": {"a": {}}}, "metadata", "bad_metadata"),
        ({"metadata": {"a": 1.5}}, "metadata", "bad_metadata"),
        ({"metadata": {"a b": "c"}}, "metadata", "bad_metadata"),
        ({"metadata": {"a": "\u0000"}}, "metadata", "bad_metadata"),
        ({"metadata": {"a": "\ud800"}}, "metadata", "bad_metadata"),
        ({"metadata": {"a": "x" * 201}}, "metadata", "bad_metadata"),
        ({"metadata": {f"k{n}": 1 for n in range(21)}}, "metadata", "bad_metadata"),
        ({"metadata": {"a": 10**30 + 1}}, "metadata", "bad_metadata"),
        ({"tip": "1"}, "", "unknown_field"),
    ],
)
def test_what_is_not_of_a_payments_form_is_malformed(changes: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(BodyMalformedError, match=code) as caught:
        read_payment(body(**changes))
    assert [(finding.field, finding.code) for finding in caught.value.findings] == [(field, code)]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BodyMalformedError, match="missing") as caught:
        read_payment(json.dumps({"amount": 1, "tip": 2}))
    assert [finding.field for finding in caught.value.findings] == [
        "payment_id", "currency", "merchant_id", "method", "", "amount",
    ]  # fmt: skip


def test_the_size_limit_counts_bytes() -> None:
    exact = body() + " " * (MAX_BODY_BYTES - len(body()))
    assert read_payment(exact).payment_id == PAYMENT_ID
    with pytest.raises(BodyOversizedError, match="oversized"):
        read_payment(exact + " ")
    with pytest.raises(BodyOversizedError, match="oversized"):
        read_payment('"' + "\u20ac" * (MAX_BODY_BYTES // 2) + '"')


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "XXX"}, "unknown_currency"),
        ({"amount": "12.505"}, "too_precise"),
        ({"amount": "100.5", "currency": "JPY"}, "too_precise"),
        ({"amount": "0.00"}, "not_positive"),
        ({"amount": "1000000.01"}, "above_limit"),
        ({"amount": "100000001", "currency": "JPY"}, "above_limit"),
    ],
)
def test_a_well_formed_payment_can_be_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(PaymentRefusedError, match=code) as caught:
        read_payment(body(**changes))
    assert caught.value.payment_id == PAYMENT_ID


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata": {"note": f"card {CARD_NUMBER}"}},
        {"card_number": CARD_NUMBER},
        {"currency": "XXX", "metadata": {"n": int(CARD_NUMBER)}},
        {"payment_id": CARD_NUMBER},
        {"merchant_id": "4111_1111_1111_1111"},
        {"method": {"type": "card", "token": "tok_4111_1111_1111_1111"}},
        {"metadata": {"4111_1111_1111_1111": "x"}},
    ],
)
def test_a_card_number_is_refused_whatever_else_is_wrong(changes: dict[str, Any]) -> None:
    with pytest.raises(CardNumberSentError, match="card_number"):
        read_payment(body(**changes))


def test_an_id_that_looks_like_a_card_number_is_an_id() -> None:
    lucky = "f8ceefd9-58d4-45d3-9609-034714454b2b"
    assert holds_card_number("3-9609-034714454")
    assert read_payment(body(payment_id=lucky)).payment_id == lucky


@pytest.mark.parametrize("filled_up", ["41111111-1111-1111-0000-000000000000", "41111111-1111-1111-8111-111111111111"])
def test_a_card_number_in_the_form_of_an_id_is_kept_nowhere(filled_up: str) -> None:
    """The id of a refusal goes into its log line and its audit object's key."""
    with pytest.raises(CardNumberSentError) as caught:
        read_payment(body(payment_id=filled_up))
    assert caught.value.payment_id is None


@given(st.sampled_from(sorted(DECIMAL_PLACES)), st.integers(1, MAX_MINOR_UNITS))
def test_every_amount_within_limit_and_precision_is_accepted_unchanged(currency: str, minor_units: int) -> None:
    amount = Decimal(minor_units).scaleb(-DECIMAL_PLACES[currency])
    assert read_payment(body(amount=f"{amount:f}", currency=currency, method=TRANSFER)).amount == amount


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | JSON.map(json.dumps))
def test_no_body_whatever_brings_it_down(text: str) -> None:
    with pytest.raises(RequestError):
        read_payment(text)


@given(st.fixed_dictionaries(dict.fromkeys(("amount", "currency", "merchant_id", "method", "metadata"), JSON)))
def test_no_field_whatever_brings_it_down(fields: dict[str, Any]) -> None:
    """Drawn at random, the fields are never all right; what is wrong is always said."""
    with pytest.raises(RequestError) as caught:
        read_payment(json.dumps({"payment_id": PAYMENT_ID, **fields}))
    assert caught.value.findings


@pytest.mark.parametrize("changes", [{"amount": "12.51"}, {"currency": "USD"}, {"method": TRANSFER}, {"metadata": {"a": 1}}])
def test_the_fingerprint_tells_contents_apart(changes: dict[str, Any]) -> None:
    assert read_payment(body(**changes)).fingerprint != read_payment(body()).fingerprint


def test_the_fingerprint_does_not_tell_spellings_apart() -> None:
    assert read_payment(body(amount="12.5")).fingerprint == read_payment(body()).fingerprint
