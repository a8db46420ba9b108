"""Access lists are off: whoever writes an object, the bucket's owner owns it."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets


@check(requirement=("S1",), title="Bucket ownership is enforced")
def buckets_owner_enforced(snapshot: Snapshot) -> Judgements:
    """``BucketOwnerEnforced`` is the one setting that switches access lists off."""
    for bucket in snapshot.read(Buckets).both():
        yield judge(
            bucket.name,
            ok=bucket.ownership == "BucketOwnerEnforced",
            good=f"{bucket.name} owns all its objects; access lists are off.",
            bad=f"{bucket.name} has ownership {bucket.ownership or 'not set'}, not BucketOwnerEnforced.",
            remedy="Set its ownership controls (deploy again).",
        )
