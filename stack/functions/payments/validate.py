"""From a request body to a payment, or to all that is wrong with it. Pure: no clock, no network, no log."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from payments.cards import holds_card_number
from payments.currencies import DECIMAL_PLACES
from payments.errors import (
    BodyMalformedError,
    BodyOversizedError,
    CardNumberSentError,
    Finding,
    PaymentRefusedError,
)
from payments.payment import Payment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BODY_BYTES = 16 * 1024
MAX_MINOR_UNITS = 100_000_000
"""The largest payment, in the currency's smallest unit: a million dollars or euros, a hundred million yen."""
_MAX_METADATA = 20

_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MERCHANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,63}")
_TOKEN = re.compile(r"tok_[A-Za-z0-9_-]{8,64}")
_METADATA_KEY = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_MAX_TEXT = 200

_REQUIRED = ("payment_id", "amount", "currency", "merchant_id", "method")
_KNOWN = {*_REQUIRED, "metadata"}


def read_payment(body: str | None) -> Payment:
    """Read a request body.

    Raises:
        BodyOversizedError: It is larger than any payment.
        BodyMalformedError: It is not JSON, or not of a payment's form; every finding is listed.
        CardNumberSentError: It holds a card number, whatever else is right or wrong with it.
        PaymentRefusedError: It is a payment, but not an acceptable one.
    """
    document = _parse(body or "")
    payment_id = _payment_id(document)
    if holds_card_number(document):
        finding = Finding("", "card_number", "Send a token instead; what was sent has not been kept.")
        raise CardNumberSentError(finding, payment_id=payment_id)
    if findings := list(_shape(document, payment_id)):
        raise BodyMalformedError(*findings, payment_id=payment_id)
    return _judge(document, str(payment_id))


def _parse(body: str) -> dict[str, Any]:
    if len(body.encode(errors="replace")) > MAX_BODY_BYTES:
        raise BodyOversizedError(Finding("", "oversized", f"A payment has at most {MAX_BODY_BYTES} bytes."))
    try:
        document = json.loads(body, object_pairs_hook=_unique_members, parse_constant=_no_constant, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):  # the second: an exponent that no Decimal has
        # Without the cause: its text quotes the body.
        raise BodyMalformedError(Finding("", "not_json", "Send one JSON object with unique names.")) from None
    if not isinstance(document, dict):
        raise BodyMalformedError(Finding("", "not_object", "Send one JSON object."))
    return document


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name given twice: two readers could take different values for the same payment."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _no_constant(_name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads but JSON does not know."""
    raise ValueError


def _payment_id(document: dict[str, Any]) -> str | None:
    """Give the id in its usual form (lower case, with hyphens), if it is one; it is kept, whatever becomes of the payment."""
    value = document.get("payment_id")
    try:
        parsed = str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None
    if parsed is None or parsed != str(value).lower() or holds_card_number(parsed):
        return None
    return parsed


def _shape(document: dict[str, Any], payment_id: str | None) -> Iterator[Finding]:
    for name in _REQUIRED:
        if name not in document:
            yield Finding(name, "missing", "This field is required.")
    if unknown := len(document.keys() - _KNOWN):
        # Not by name: a client's mistake may have put anything into a name.
        yield Finding("", "unknown_field", f"{unknown} fields are not known; a payment has {sorted(_KNOWN)}.")
    if "payment_id" in document and payment_id is None:
        yield Finding("payment_id", "bad_uuid", "Send a UUID, such as 0b8f4c1e-5d57-4f0e-9a53-3f3f0e2b9a11.")
    yield from _matches(document, "amount", _AMOUNT, "Send a decimal string, such as 12.50.")
    yield from _matches(document, "currency", _CURRENCY, "Send three capital letters (ISO 4217).")
    yield from _matches(document, "merchant_id", _MERCHANT, "Send 3 to 64 letters, digits, hyphens or underscores.")
    if "method" in document:
        yield from _method(document["method"])
    if "metadata" in document:
        yield from _metadata(document["metadata"])


def _matches(document: dict[str, Any], name: str, pattern: re.Pattern[str], message: str) -> Iterator[Finding]:
    if name in document and not (isinstance(document[name], str) and pattern.fullmatch(document[name])):
        yield Finding(name, "bad_form", message)


def _method(method: Any) -> Iterator[Finding]:
    match method:
        case {"type": "bank_transfer", **rest} if not rest:
            return
        case {"type": "card", "token": str() as token, **rest} if not rest and _TOKEN.fullmatch(token):
            return
        case _:
            message = 'Send {"type": "card", "token": "tok_…"} or {"type": "bank_transfer"}.'
            yield Finding("method", "bad_method", message)


def _metadata(metadata: Any) -> Iterator[Finding]:
    if not isinstance(metadata, dict):
        yield Finding("metadata", "not_object", "Send a flat object.")
        return
    limits: dict[str, Callable[[], bool]] = {
        f"At most {_MAX_METADATA} members.": lambda: len(metadata) <= _MAX_METADATA,
        "Names of up to 40 letters, digits, dots, hyphens or underscores.": lambda: all(map(_METADATA_KEY.fullmatch, metadata)),
        f"Values are texts of up to {_MAX_TEXT} characters, whole numbers or booleans.": lambda: all(
            map(_plain, metadata.values())
        ),
    }
    for message, holds in limits.items():
        if not holds():
            yield Finding("metadata", "bad_metadata", message)


def _plain(value: Any) -> bool:
    """Whether a value can be kept as it is; PostgreSQL takes neither NUL nor half a surrogate pair."""
    if isinstance(value, str):
        return len(value) <= _MAX_TEXT and not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in value)
    return isinstance(value, int) and abs(value) < 2**63


def _judge(document: dict[str, Any], payment_id: str) -> Payment:
    currency, amount = document["currency"], Decimal(document["amount"])
    places = DECIMAL_PLACES.get(currency)
    if places is None:
        finding = Finding("currency", "unknown_currency", "This currency is not accepted.")
        raise PaymentRefusedError(finding, payment_id=payment_id)
    minor_units = amount.scaleb(places)
    findings = []
    if minor_units != minor_units.to_integral_value():
        findings.append(Finding("amount", "too_precise", f"{currency} has {places} decimal places."))
    if amount <= 0:
        findings.append(Finding("amount", "not_positive", "The amount must be above zero."))
    if minor_units > MAX_MINOR_UNITS:
        findings.append(Finding("amount", "above_limit", f"The limit is {MAX_MINOR_UNITS} of the smallest unit."))
    if findings:
        raise PaymentRefusedError(*findings, payment_id=payment_id)
    return Payment(
        payment_id=payment_id,
        amount=amount.quantize(Decimal(1).scaleb(-places)),
        currency=currency,
        merchant_id=document["merchant_id"],
        method=document["method"]["type"],
        token=document["method"].get("token"),
        metadata=document.get("metadata", {}),
    )
