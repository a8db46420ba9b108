"""Objects, their old versions and aborted uploads go away by themselves."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets

DAYS = 90


@check(requirement=("S1",), title="Objects expire after 90 days, old versions and aborted uploads too")
def buckets_expire_objects(snapshot: Snapshot) -> Judgements:
    """The audit store keeps its objects for 90 days exactly: less loses evidence, more keeps personal data."""
    for bucket in snapshot.read(Buckets).both():
        life = bucket.lifecycle
        kept = f"objects for {life.expires_after} days, old versions {life.old_versions_expire_after} days more"
        yield judge(
            bucket.name,
            ok=life.expires_after == DAYS and life.old_versions_expire_after > 0 and life.uploads_aborted_after > 0,
            good=f"{bucket.name} keeps {kept}.",
            bad=f"{bucket.name} keeps {kept}, aborted uploads {life.uploads_aborted_after} days; 0 is for ever.",
            remedy="Set payments:auditRetentionDays to 90 and deploy again.",
        )
