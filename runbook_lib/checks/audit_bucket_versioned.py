"""An audit object that is overwritten or deleted leaves its old version."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets


@check(requirement=("S1",), title="The audit store is versioned")
def audit_bucket_versioned(snapshot: Snapshot) -> Judgements:
    """Suspended versioning keeps no new versions, so only ``Enabled`` counts."""
    bucket = snapshot.read(Buckets).audit
    yield judge(
        bucket.name,
        ok=bucket.versioned,
        good=f"{bucket.name} keeps versions.",
        bad=f"{bucket.name} keeps no versions.",
        remedy="Enable versioning (deploy again).",
    )
