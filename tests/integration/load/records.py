"""What the system keeps about payments: rows in PostgreSQL and objects in the audit bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integration.mutations.deployment import Deployed

    from runbook_lib.snapshot.probe import Bench

ROWS = """
SELECT CAST(payment_id AS text), status, correlation_id, fingerprint, CAST(amount AS text)
FROM payments WHERE merchant_id = 'runbook-verification'
"""
SAME = ("correlation_id", "fingerprint")


class Records:
    """The records as they are now; audit objects that were there before are others'."""

    def __init__(self, deployed: Deployed, bench: Bench) -> None:
        self._deployed = deployed
        self._bench = bench
        self._others = self._keys()

    def assert_exactly(self, answers: dict[str, dict[str, Any]]) -> None:
        """One accepted row and one audit object for each answer, no others, and all three say the same."""
        rows = {row[0]: dict(zip(("status", *SAME, "amount"), row[1:], strict=True)) for row in self._deployed.sql(ROWS)}
        assert rows.keys() == answers.keys()
        objects = self._objects()
        assert objects.keys() == {f"audit/{payment_id}/accepted.json" for payment_id in answers}
        for payment_id, answer in answers.items():
            row, audit = rows[payment_id], objects[f"audit/{payment_id}/accepted.json"]
            assert (row["status"], audit["decision"], answer["status"]) == ("accepted", "accepted", "accepted")
            assert [row[field] for field in SAME] == [audit[field] for field in SAME]
            assert row["correlation_id"] == answer["correlation_id"]
            assert row["amount"].startswith(answer["amount"])
            assert answer["recorded_at"] == audit["recorded_at"]

    def _objects(self) -> dict[str, dict[str, Any]]:
        s3, bucket = self._deployed.aws.client("s3"), self._deployed.outputs.audit_bucket_name
        keys = self._keys() - self._others
        return {key: json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys}

    def _keys(self) -> set[str]:
        bucket = self._deployed.outputs.audit_bucket_name
        found = self._deployed.aws.pages("s3", "list_objects_v2", "Contents", Bucket=bucket, Prefix="audit/")
        return {entry["Key"] for entry in found}
