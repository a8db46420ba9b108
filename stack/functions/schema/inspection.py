"""What the runbook's live checks ask about the database, which only a function inside the VPC can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.database import Database

TEST_MERCHANT = "runbook-verification"
TEST_CORRELATION = "runbook-verification-"
"""The merchant of the runbook's own test payments, and how their correlation ids begin; no other payment can be removed.

Both: the merchant's name alone is nothing that another client could not send.
"""

_PAYMENT = "SELECT status, correlation_id, fingerprint FROM payments WHERE payment_id = CAST(:payment_id AS uuid)"
_STATE = """
SELECT (SELECT coalesce(max(version), 0) FROM schema_migrations),
       (SELECT count(*) FROM payments WHERE status = 'pending'),
       current_setting('server_version')
"""
_FORGET = """
DELETE FROM payments
WHERE starts_with(correlation_id, :correlation) AND merchant_id = :merchant RETURNING payment_id
"""


def payment_rows(database: Database, payment_id: str) -> dict[str, Any]:
    """Give the rows of one payment, without what was paid or by whom."""
    rows = database.run(_PAYMENT, payment_id=payment_id)
    return {"rows": [{"status": row[0], "correlation_id": row[1], "fingerprint": row[2]} for row in rows]}


def state(database: Database) -> dict[str, Any]:
    """Give the schema version, how many payments were left half-way, and the server's version."""
    [[version, pending, server]] = database.run(_STATE)
    return {"current": version, "pending": pending, "server_version": server}


def forget_test_payments(database: Database) -> dict[str, Any]:
    """Remove the test payments of the runbook."""
    rows = database.run(_FORGET, merchant=TEST_MERCHANT, correlation=TEST_CORRELATION)
    return {"removed": sorted(str(row[0]) for row in rows)}
