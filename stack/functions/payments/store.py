"""Payments in PostgreSQL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from payments.payment import Payment
    from shared.database import Database

ROLE = "payments_application"
"""What the function becomes after it has logged in (schema/migrations/002_application_role.sql).

It still logs in as the master user: a user of its own would need a second secret with its own rotation. The role keeps
mistakes from deleting or altering anything; it is no wall against somebody who can already run SQL here.
"""

_BEGIN = """
INSERT INTO payments
    (payment_id, fingerprint, amount, currency, merchant_id, method, token, metadata, correlation_id, status)
VALUES
    (CAST(:payment_id AS uuid), :fingerprint, CAST(:amount AS numeric), :currency, :merchant_id, :method, :token,
     CAST(:metadata AS jsonb), :correlation_id, 'pending')
ON CONFLICT (payment_id) DO NOTHING
"""
_FIND = """
SELECT fingerprint, status, correlation_id, recorded_at
FROM payments WHERE payment_id = CAST(:payment_id AS uuid)
"""
_ACCEPT = """
UPDATE payments SET status = 'accepted', accepted_at = now()
WHERE payment_id = CAST(:payment_id AS uuid) AND status = 'pending'
RETURNING payment_id
"""


@dataclass(frozen=True)
class Row:
    """What is on record about a payment id, by whichever request came first."""

    fingerprint: str
    accepted: bool
    correlation_id: str
    recorded_at: datetime


class Store(Protocol):
    """Where payments are kept."""

    def begin(self, payment: Payment, correlation_id: str) -> Row:
        """Record a payment as pending unless its id is known, and give what is on record now."""

    def accept(self, payment_id: str) -> bool:
        """Mark a pending payment as accepted; False if another request already has."""

    def close(self) -> None:
        """Forget the connection, in whatever state it is."""


class PostgresStore:
    """The store of a deployed function; each statement may be repeated without harm."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, payment: Payment, correlation_id: str) -> Row:
        """See `Store`."""
        values: dict[str, Any] = {
            "fingerprint": payment.fingerprint,
            "amount": str(payment.amount),
            "currency": payment.currency,
            "merchant_id": payment.merchant_id,
            "method": payment.method,
            "token": payment.token,
            "metadata": json.dumps(dict(payment.metadata)),
            "correlation_id": correlation_id,
        }
        self._database.run(_BEGIN, payment_id=payment.payment_id, **values)
        [[fingerprint, status, first_correlation_id, recorded_at]] = self._database.run(_FIND, payment_id=payment.payment_id)
        return Row(fingerprint, status == "accepted", first_correlation_id, recorded_at)

    def accept(self, payment_id: str) -> bool:
        """See `Store`."""
        return bool(self._database.run(_ACCEPT, payment_id=payment_id))

    def close(self) -> None:
        """See `Store`."""
        self._database.close()
