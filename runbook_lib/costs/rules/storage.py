"""S3 buckets and KMS keys."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Rule, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator


def bucket(_: Inputs) -> Iterator[Item]:
    """Standard storage, non-current versions included."""
    yield Usage("S3 storage", "s3.std", "s3_gb")
    yield Usage("S3 PUT, COPY, POST, LIST", "s3.put", "s3_puts")
    yield Usage("S3 GET and other", "s3.get", "s3_gets")


def lifecycle(inputs: Inputs) -> Iterator[Item]:
    """Expiry is free; a transition is charged by request and by the new class."""
    rules = inputs.objects("rules")
    moves = [rule.objects(name) for rule in rules or () for name in ("transitions", "noncurrentVersionTransitions")]
    if rules is None or None in moves:
        yield Gap("lifecycle transitions", "they are known only after the deployment")
        return
    for storage_class in sorted({move.text("storageClass") for group in moves for move in group or ()}):
        if storage_class == "GLACIER_IR":
            yield Usage("Glacier Instant Retrieval storage", "s3.gir.storage", "archive_gb")
            yield Usage("transitions to Glacier Instant Retrieval", "s3.gir.put", "s3_puts")
        else:
            yield Gap(f"storage class {storage_class}", "it has no price here")


def key(inputs: Inputs) -> Iterator[Item]:
    """A customer-managed key; rotation adds a key-month for each of the first two rotations."""
    yield Fixed("customer-managed key", "kms.key", Decimal(1))
    yield Usage("KMS requests", "kms.requests", "kms_requests")
    if inputs.flag("enableKeyRotation"):
        yield Usage("rotated key versions", "kms.key", "key_rotations")


RULES: dict[str, Rule] = {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
    "aws:kms/key:Key": key,
}
