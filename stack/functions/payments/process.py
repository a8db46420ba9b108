"""The order in which a payment becomes accepted, and how an interrupted one is completed.

A payment is accepted when it has both a row and an audit object, and 201 is the promise that it has. The two stores
share no transaction, so one must come first:

* Object first, then row: a failure in between leaves an object that says "accepted" of a payment nobody has.
* Row first: a failure in between leaves a row without an object; but a row can say so. It begins as `pending`.

So: row `pending` → audit object → row `accepted` → 201. Whatever fails, the client gets 503 and repeats; the repeat
finds the pending row and goes on from there. The object is made from the row alone under a key made from the id, so
that writing it twice, or by two requests at once, gives the same object. The last step is a conditional update: of
two requests exactly one gets 201, the other 200.

That also makes it safe to be stopped anywhere, between two steps or in the middle of one (payments/deadline.py): before
the row there is nothing; a statement that was sent is committed as a whole or not at all; a pending row promises
nothing, and its repeat goes on; an object that was written, or written half, is written again the same (S3 keeps whole
objects only); an update that was made although nobody heard of it makes the repeat answer 200. The one thing that must
not be used again is the connection, on which an answer may still be under way.

A refusal has no row, only its object. A body that names no payment (400, 413) is no decision about a payment: it is
counted and logged, and most of these API Gateway turns away before the function could hear of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from payments import audit
from payments.errors import (
    CardNumberSentError,
    Finding,
    PaymentConflictError,
    PaymentRefusedError,
    RequestError,
    TimeNearlyOutError,
)
from payments.validate import read_payment

if TYPE_CHECKING:
    from collections.abc import Callable

    from payments.audit import AuditStore
    from payments.payment import Payment
    from payments.store import Row, Store

STEP_NEEDS_MS = 4500
"""No step starts with less time than this left; it covers one socket timeout (shared/connection.py) and the answer.

What takes longer than it should is stopped by payments/deadline.py.
"""

_DECISIONS = (CardNumberSentError, PaymentConflictError, PaymentRefusedError)


@dataclass(frozen=True)
class Accepted:
    """A payment that is on record in both places."""

    repeated: bool
    body: dict[str, Any]


@dataclass(frozen=True)
class Processor:
    """Decides about payments."""

    store: Store
    audit_store: AuditStore

    def process(self, body: str | None, correlation_id: str, remaining_ms: Callable[[], int]) -> Accepted:
        """Validate and record one payment.

        Args:
            body: The request body.
            correlation_id: Goes into the row and the audit object.
            remaining_ms: How long Lambda lets the function go on.

        Raises:
            RequestError: The payment is not accepted; if that was a decision, it is on record.
            TimeNearlyOutError: It could not be finished in time; a repeat completes it.
        """
        try:
            payment = read_payment(body)
            _require_time(remaining_ms)
            row = self._begin(payment, correlation_id)
        except _DECISIONS as error:
            self._record_refusal(error, correlation_id, remaining_ms)
            raise
        completed_here = not row.accepted and self._complete(payment, row, remaining_ms)
        return Accepted(repeated=not completed_here, body=_answer(payment, row))

    def _begin(self, payment: Payment, correlation_id: str) -> Row:
        row = self.store.begin(payment, correlation_id)
        if row.fingerprint != payment.fingerprint:
            finding = Finding("payment_id", "conflict", "This id belongs to a payment with another content.")
            raise PaymentConflictError(finding, payment_id=payment.payment_id)
        return row

    def _complete(self, payment: Payment, row: Row, remaining_ms: Callable[[], int]) -> bool:
        _require_time(remaining_ms)
        self.audit_store.put(*audit.acceptance(payment, row))
        _require_time(remaining_ms)
        return self.store.accept(payment.payment_id)

    def _record_refusal(self, error: RequestError, correlation_id: str, remaining_ms: Callable[[], int]) -> None:
        if error.payment_id is not None:
            _require_time(remaining_ms)
            self.audit_store.put(*audit.refusal(error, error.payment_id, correlation_id))


def _require_time(remaining_ms: Callable[[], int]) -> None:
    if remaining_ms() < STEP_NEEDS_MS:
        raise TimeNearlyOutError


def _answer(payment: Payment, row: Row) -> dict[str, Any]:
    """Answer from payment and row only: a repeat gives the same."""
    return {
        "payment_id": payment.payment_id,
        "status": "accepted",
        "amount": str(payment.amount),
        "currency": payment.currency,
        "merchant_id": payment.merchant_id,
        "recorded_at": row.recorded_at.isoformat(),
        "correlation_id": row.correlation_id,
    }
