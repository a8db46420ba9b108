"""No bucket can be made public, by access list or by policy."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets

BLOCKS = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}


@check(requirement=("S1",), title="Buckets block all public access")
def buckets_block_public_access(snapshot: Snapshot) -> Judgements:
    """All four blocks of each bucket are on."""
    for bucket in snapshot.read(Buckets).both():
        missing = sorted(BLOCKS - set(bucket.public_access_blocks))
        yield judge(
            bucket.name,
            ok=not missing,
            good=f"{bucket.name} blocks all public access.",
            bad=f"{bucket.name} lacks {', '.join(missing)}.",
            remedy="Switch the four blocks on (deploy again).",
        )
