from __future__ import annotations

from typing import Any

import pytest

from runbook_lib.plan import Plan
from runbook_lib.snapshot.drift import Drift


def refreshed(op: str, *diffs: str, **inputs: Any) -> Plan:
    """What came of a refresh of one bucket."""
    urn = "urn:pulumi:staging::payments::aws:s3/bucket:Bucket::audit"
    return Plan.of([{"op": op, "urn": urn, "type": "aws:s3/bucket:Bucket", "old": {"inputs": inputs}, "diffs": list(diffs)}])


@pytest.mark.parametrize(
    ("plan", "changed"),
    [
        (refreshed("same"), {}),
        (refreshed("update", "rules[0].status", rules=[]), {"update aws:s3/bucket:Bucket audit": ("rules[0].status",)}),
        (refreshed("delete", rules=[]), {"delete aws:s3/bucket:Bucket audit": ()}),
    ],
    ids=["nothing", "changed", "gone"],
)
def test_drift_is_what_differs_from_what_was_asked_for(plan: Plan, changed: dict[str, tuple[str, ...]]) -> None:
    assert Drift.of(plan) == Drift(resources=1, changed=changed)
