"""The audit store encrypts with a key of the stack."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets


@check(requirement=("S1", "K1"), title="The audit store is encrypted with a customer-managed key")
def audit_bucket_encrypted(snapshot: Snapshot) -> Judgements:
    """With a bucket key: one KMS request for many objects instead of one for each."""
    bucket = snapshot.read(Buckets).audit
    yield judge(
        bucket.name,
        ok=bucket.encryption == "aws:kms" and bucket.key_arn in snapshot.outputs.key_arns.values() and bucket.bucket_key,
        good=f"{bucket.name} encrypts with {bucket.key_arn}.",
        bad=f"{bucket.name} encrypts by {bucket.encryption} with {bucket.key_arn or 'no key'}, bucket key {bucket.bucket_key}.",
        remedy="Set SSE-KMS with the audit key and a bucket key (deploy again).",
    )
