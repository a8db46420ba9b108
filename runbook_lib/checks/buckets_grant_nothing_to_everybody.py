"""No bucket policy allows everybody anything."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets


@check(requirement=("S1", "A2"), title="Bucket policies allow nothing to everybody")
def buckets_grant_nothing_to_everybody(snapshot: Snapshot) -> Judgements:
    """A block on public policies hides such a statement until somebody lifts the block."""
    for bucket in snapshot.read(Buckets).both():
        open_to_all = [s.sid or "unnamed" for s in bucket.policy if s.allows and "*" in s.principals]
        yield judge(
            bucket.name,
            ok=bool(bucket.policy) and not open_to_all,
            good=f"The policy of {bucket.name} allows nothing to everybody.",
            bad=f"{bucket.name} has no policy, or one that allows everybody something: {open_to_all}.",
            remedy="Name the principal (deploy again).",
        )
