"""Access logs are encrypted at rest, by the only means their delivery allows."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets


@check(requirement=("L1", "S1"), title="The access log bucket is encrypted")
def access_log_bucket_encrypted(snapshot: Snapshot) -> Judgements:
    """Load balancers deliver to SSE-S3 only (ELB user guide, access log bucket permissions)."""
    bucket = snapshot.read(Buckets).access_log
    yield judge(
        bucket.name,
        ok=bucket.encryption == "AES256",
        good=f"{bucket.name} encrypts with S3's own key.",
        bad=f"{bucket.name} encrypts by {bucket.encryption}; the load balancer cannot deliver its logs to it.",
        remedy="Set SSE-S3 (deploy again).",
    )
