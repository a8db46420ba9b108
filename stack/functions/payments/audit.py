"""Audit objects in S3: one per decision about a payment id, under a key that repeating the decision gives again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from payments.errors import AuditStoreUnavailableError

if TYPE_CHECKING:
    from payments.errors import RequestError
    from payments.payment import Payment
    from payments.store import Row

Record = dict[str, Any]


class AuditStore(Protocol):
    """Where decisions are kept."""

    def put(self, key: str, record: Record) -> None:
        """Write a record; writing the same again changes nothing that matters."""


class S3AuditStore:
    """The audit bucket, encrypted with the audit key."""

    def __init__(self, client: Any, bucket: str, key_arn: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key_arn = key_arn

    def put(self, key: str, record: Record) -> None:
        """See `AuditStore`."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=json.dumps(record, sort_keys=True).encode(),
                ContentType="application/json",
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self._key_arn,
                BucketKeyEnabled=True,
            )
        except ClientError as error:
            raise AuditStoreUnavailableError(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise AuditStoreUnavailableError(type(error).__name__) from error


def acceptance(payment: Payment, row: Row) -> tuple[str, Record]:
    """Describe an accepted payment from its row alone, so that whoever completes it writes the same bytes."""
    record = {
        **_head("accepted", payment.payment_id, row.correlation_id),
        "amount": str(payment.amount),
        "currency": payment.currency,
        "fingerprint": row.fingerprint,
        "merchant_id": payment.merchant_id,
        "method": payment.method,
        "recorded_at": row.recorded_at.isoformat(),
    }
    return f"audit/{payment.payment_id}/accepted.json", record


def refusal(error: RequestError, payment_id: str, correlation_id: str) -> tuple[str, Record]:
    """Describe a refused payment by the reasons alone: what was sent may be a card number."""
    reasons = sorted({finding.code for finding in error.findings})
    record = {**_head("refused", payment_id, correlation_id), "reasons": reasons}
    return f"audit/{payment_id}/refused-{'-'.join(reasons)}.json", record


def _head(decision: str, payment_id: str, correlation_id: str) -> Record:
    return {"schema": 1, "decision": decision, "payment_id": payment_id, "correlation_id": correlation_id}
