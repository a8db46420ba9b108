"""A3, A4: a payment is accepted once, and whatever fails in between, a repeat completes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from payments.errors import (
    AuditStoreUnavailableError,
    BodyMalformedError,
    CardNumberSentError,
    PaymentConflictError,
    PaymentRefusedError,
    TimeNearlyOutError,
)
from payments.process import STEP_NEEDS_MS, Accepted, Processor
from shared.database import DatabaseUnavailableError

from .conftest import CARD_NUMBER, PAYMENT_ID, FakeAuditStore, FakeStore, body

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCEPTED = f"audit/{PAYMENT_ID}/accepted.json"


def enough() -> int:
    return STEP_NEEDS_MS


class Attempts:
    """The two stores and as many requests as a test likes."""

    def __init__(self, store: FakeStore, audit_store: FakeAuditStore) -> None:
        self.store, self.audit = store, audit_store
        self._processor = Processor(store, audit_store)

    def __call__(self, text: str | None = None, correlation_id: str = "first-request") -> Accepted:
        return self._processor.process(body() if text is None else text, correlation_id, enough)


@pytest.fixture
def attempt(store: FakeStore, audit_store: FakeAuditStore) -> Attempts:
    return Attempts(store, audit_store)


def test_an_accepted_payment_has_its_row_and_its_object(attempt: Attempts) -> None:
    answer = attempt()
    assert not answer.repeated
    assert attempt.store.rows[PAYMENT_ID].accepted
    assert attempt.audit.objects[ACCEPTED] == {
        "schema": 1,
        "decision": "accepted",
        "payment_id": PAYMENT_ID,
        "correlation_id": "first-request",
        "amount": "12.50",
        "currency": "EUR",
        "fingerprint": attempt.store.rows[PAYMENT_ID].fingerprint,
        "merchant_id": "merchant-1",
        "method": "card",
        "recorded_at": "2026-11-24T12:00:00+00:00",
    }


def test_a_repeat_gives_the_same_answer_and_changes_nothing(attempt: Attempts) -> None:
    first = attempt()
    rows, objects = dict(attempt.store.rows), dict(attempt.audit.objects)
    attempt.audit.failures["put"] = [AssertionError("the object was there already")]
    second = attempt(correlation_id="second-request")
    assert (second.repeated, second.body) == (True, first.body)
    assert (attempt.store.rows, attempt.audit.objects) == (rows, objects)


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("begin", DatabaseUnavailableError("57P03")),
        ("put", AuditStoreUnavailableError("SlowDown")),
        ("accept", DatabaseUnavailableError("57P01")),
    ],
)
def test_an_interrupted_payment_is_not_accepted_and_its_repeat_completes_it(
    attempt: Attempts, where: str, error: Exception
) -> None:
    (attempt.audit if where == "put" else attempt.store).failures[where] = [error]
    with pytest.raises(type(error)):
        attempt()
    assert not any(row.accepted for row in attempt.store.rows.values())
    assert not attempt(correlation_id="repeat").repeated
    assert attempt.store.rows[PAYMENT_ID].accepted
    # Row and object still carry one id: that of the request that began the payment.
    assert attempt.audit.objects[ACCEPTED]["correlation_id"] == attempt.store.rows[PAYMENT_ID].correlation_id


def test_of_two_requests_at_once_one_is_first(attempt: Attempts) -> None:
    """The second comes in while the first writes its audit object."""
    answers: list[Accepted] = []
    put = attempt.audit.put

    def put_while_another_request_runs(key: str, record: dict[str, Any]) -> None:
        attempt.audit.put = put  # type: ignore[method-assign]  # the interruption happens once
        answers.append(attempt(correlation_id="other"))
        put(key, record)

    attempt.audit.put = put_while_another_request_runs  # type: ignore[method-assign]  # see above
    answers.append(attempt())
    assert sorted(answer.repeated for answer in answers) == [False, True]
    assert answers[0].body == answers[1].body
    assert len(attempt.audit.objects) == 1


def test_another_content_under_the_same_id_is_a_conflict_and_changes_nothing(attempt: Attempts) -> None:
    attempt()
    before = (dict(attempt.store.rows), attempt.audit.objects[ACCEPTED])
    with pytest.raises(PaymentConflictError, match="conflict"):
        attempt(body(amount="99.00"))
    assert before == (attempt.store.rows, attempt.audit.objects[ACCEPTED])
    assert attempt.audit.objects[f"audit/{PAYMENT_ID}/refused-conflict.json"]["decision"] == "refused"


def test_a_refusal_is_on_record_by_its_reasons(attempt: Attempts) -> None:
    with pytest.raises(PaymentRefusedError, match="not_positive"):
        attempt(body(amount="0.00"))
    assert attempt.store.rows == {}
    assert attempt.audit.objects == {
        f"audit/{PAYMENT_ID}/refused-not_positive.json": {
            "schema": 1,
            "decision": "refused",
            "payment_id": PAYMENT_ID,
            "correlation_id": "first-request",
            "reasons": ["not_positive"],
        }
    }


def test_a_card_number_is_in_no_row_and_no_object(attempt: Attempts) -> None:
    with pytest.raises(CardNumberSentError):
        attempt(body(metadata={"note": CARD_NUMBER}))
    assert attempt.store.rows == {}
    assert list(attempt.audit.objects) == [f"audit/{PAYMENT_ID}/refused-card_number.json"]
    assert CARD_NUMBER not in repr(attempt.audit.objects)


@pytest.mark.parametrize("text", ["{", body(amount=1), body(payment_id=CARD_NUMBER)])
def test_what_names_no_payment_leaves_no_record(attempt: Attempts, text: str) -> None:
    with pytest.raises((BodyMalformedError, CardNumberSentError)):
        attempt(text)
    assert (attempt.store.rows, attempt.audit.objects) == ({}, {})


def test_a_refusal_that_cannot_be_recorded_is_not_given(attempt: Attempts) -> None:
    attempt.audit.failures["put"] = [AuditStoreUnavailableError("SlowDown")]
    with pytest.raises(AuditStoreUnavailableError):
        attempt(body(currency="XXX"))


@pytest.mark.parametrize(("steps", "rows", "objects"), [(0, 0, 0), (1, 1, 0), (2, 1, 1)])
def test_no_step_starts_with_too_little_time(
    store: FakeStore, audit_store: FakeAuditStore, steps: int, rows: int, objects: int
) -> None:
    def clock() -> Iterator[int]:
        yield from [STEP_NEEDS_MS] * steps
        while True:
            yield STEP_NEEDS_MS - 1

    left = clock()
    processor = Processor(store, audit_store)
    with pytest.raises(TimeNearlyOutError):
        processor.process(body(), "first-request", lambda: next(left))
    assert (len(store.rows), len(audit_store.objects)) == (rows, objects)
    assert not any(row.accepted for row in store.rows.values())
    assert not processor.process(body(), "repeat", enough).repeated
