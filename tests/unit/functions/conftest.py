"""In-memory stand-ins for what the functions talk to; no test here uses the network."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

FUNCTIONS = Path(__file__).parents[3] / "stack" / "functions"
sys.path.insert(0, str(FUNCTIONS))
# Read by powertools when the handler is imported; Lambda's own configuration sets them (stack/application.py).
os.environ.update({"POWERTOOLS_METRICS_NAMESPACE": "Payments", "POWERTOOLS_SERVICE_NAME": "payments"})

if TYPE_CHECKING:
    from payments.payment import Payment
    from payments.store import Row

PAYMENT_ID = "0b8f4c1e-5d57-4f0e-9a53-3f3f0e2b9a11"
CARD_NUMBER = "4111111111111111"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def body(**changes: Any) -> str:
    """Give the body of a good payment, with changes; None takes a field out."""
    payment = {
        "payment_id": PAYMENT_ID,
        "amount": "12.50",
        "currency": "EUR",
        "merchant_id": "merchant-1",
        "method": {"type": "card", "token": "tok_abcdefgh"},
        **changes,
    }
    return json.dumps({key: value for key, value in payment.items() if value is not None})


@dataclass
class FakeStore:
    """Rows in a dict; `failures` are raised, in turn, by the calls named."""

    rows: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, list[Exception]] = field(default_factory=dict)
    closed: bool = False

    def begin(self, payment: Payment, correlation_id: str) -> Row:
        from payments.store import Row

        fail(self.failures, "begin")
        row = Row(payment.fingerprint, accepted=False, correlation_id=correlation_id, recorded_at=NOW)
        return self.rows.setdefault(payment.payment_id, row)  # type: ignore[no-any-return]  # a dict of rows

    def accept(self, payment_id: str) -> bool:
        fail(self.failures, "accept")
        first = not self.rows[payment_id].accepted
        self.rows[payment_id] = replace(self.rows[payment_id], accepted=True)
        return first

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeAuditStore:
    """Objects in a dict; `failures` are raised in turn."""

    objects: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, list[Exception]] = field(default_factory=dict)

    def put(self, key: str, record: dict[str, Any]) -> None:
        fail(self.failures, "put")
        self.objects[key] = record


def fail(failures: dict[str, list[Exception]], call: str) -> None:
    if failures.get(call):
        raise failures[call].pop(0)


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def audit_store() -> FakeAuditStore:
    return FakeAuditStore()
