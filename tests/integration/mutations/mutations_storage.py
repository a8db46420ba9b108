"""Breaks of the buckets and the keys."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from integration.mutations.live import Live, Mutation, after, swap

from runbook_lib.snapshot.kms import Keys
from runbook_lib.snapshot.s3 import Buckets

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[], object]

Statement = dict[str, Any]


def encrypted_by(live: Live, bucket: str, algorithm: str) -> Mend:
    """Change a bucket's default encryption."""
    s3 = live.client("s3")
    before = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    other = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]}
    bad, good = ({"ServerSideEncryptionConfiguration": rules} for rules in (other, before))
    return swap(s3.put_bucket_encryption, bad, good, Bucket=bucket)


def versions_suspended(live: Live) -> Mend:
    """Keep no versions from now on."""
    bad, good = ({"VersioningConfiguration": {"Status": status}} for status in ("Suspended", "Enabled"))
    return swap(live.client("s3").put_bucket_versioning, bad, good, Bucket=live.outputs.audit_bucket_name)


def blocks_removed(live: Live) -> Mend:
    """Remove the public access block."""
    s3, bucket = live.client("s3"), live.outputs.audit_bucket_name
    before = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.delete_public_access_block(Bucket=bucket)
    return partial(s3.put_public_access_block, Bucket=bucket, PublicAccessBlockConfiguration=before)


def kept_a_year(live: Live) -> Mend:
    """Let objects expire after a year."""
    s3, bucket = live.client("s3"), live.outputs.audit_bucket_name
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    longer = [{**rule, "Expiration": {"Days": 365}} for rule in rules]
    bad, good = ({"LifecycleConfiguration": {"Rules": each}} for each in (longer, rules))
    return swap(s3.put_bucket_lifecycle_configuration, bad, good, Bucket=bucket)


def owned_by_writers(live: Live) -> Mend:
    """Let whoever writes an object own it."""
    bad, good = ({"OwnershipControls": {"Rules": [{"ObjectOwnership": o}]}} for o in ("ObjectWriter", "BucketOwnerEnforced"))
    return swap(live.client("s3").put_bucket_ownership_controls, bad, good, Bucket=live.outputs.audit_bucket_name)


def bucket_policy(live: Live, change: Callable[[list[Statement], str], list[Statement]]) -> Mend:
    """Change the statements of the audit bucket's policy."""
    s3, bucket = live.client("s3"), live.outputs.audit_bucket_name
    before = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    other = {**before, "Statement": change(before["Statement"], f"arn:aws:s3:::{bucket}")}
    bad, good = ({"Policy": json.dumps(document)} for document in (other, before))
    return swap(s3.put_bucket_policy, bad, good, Bucket=bucket)


def undeletable(live: Live) -> Mend:
    """Deny everybody to delete objects."""
    deny = {"Sid": "KeepForEver", "Effect": "Deny", "Action": "s3:DeleteObject", "Principal": "*"}
    return bucket_policy(live, lambda statements, arn: [*statements, deny | {"Resource": f"{arn}/*"}])


def readable_by_all(live: Live) -> Mend:
    """Let everybody read; S3 takes such a policy only from a bucket that blocks no public policy."""
    allow = {"Sid": "ReadAll", "Effect": "Allow", "Action": "s3:GetObject", "Principal": "*"}
    blocked = blocks_removed(live)
    return after(bucket_policy(live, lambda statements, arn: [*statements, allow | {"Resource": f"{arn}/*"}]), blocked)


def plain_http(live: Live) -> Mend:
    """Refuse requests without TLS to one object only."""
    return bucket_policy(live, lambda statements, arn: [{**statement, "Resource": [f"{arn}/one"]} for statement in statements])


def no_rotation(live: Live) -> Mend:
    """Switch a key's rotation off."""
    kms, key = live.client("kms"), live.outputs.key_arns["audit"]
    kms.disable_key_rotation(KeyId=key)
    return partial(kms.enable_key_rotation, KeyId=key)


def key_for_all(live: Live) -> Mend:
    """Let the whole account decrypt, and not only through S3."""
    kms, key = live.client("kms"), live.outputs.key_arns["audit"]
    before = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    bare = [{name: value for name, value in statement.items() if name != "Condition"} for statement in before["Statement"]]
    bad, good = ({"Policy": json.dumps(document)} for document in ({**before, "Statement": bare}, before))
    return swap(kms.put_key_policy, bad, good, KeyId=key, PolicyName="default")


ROWS = (
    Mutation(
        "access_log_bucket_encrypted", (Buckets,),
        lambda live: encrypted_by(live, live.outputs.access_log_bucket_name, "aws:kms"), "encrypts by aws:kms",
    ),
    Mutation(
        "audit_bucket_encrypted", (Buckets,),
        lambda live: encrypted_by(live, live.outputs.audit_bucket_name, "AES256"), "encrypts by AES256",
    ),
    Mutation("audit_bucket_versioned", (Buckets,), versions_suspended, "keeps no versions"),
    Mutation("buckets_block_public_access", (Buckets,), blocks_removed, "lacks BlockPublicAcls"),
    Mutation("buckets_can_be_emptied", (Buckets,), undeletable, "KeepForEver"),
    Mutation("buckets_expire_objects", (Buckets,), kept_a_year, "objects for 365 days"),
    Mutation(
        "buckets_grant_nothing_to_everybody", (Buckets,), readable_by_all, "ReadAll",
        also={"buckets_block_public_access": "S3 refuses a public policy until the block is gone"},
    ),
    Mutation("buckets_owner_enforced", (Buckets,), owned_by_writers, "ownership ObjectWriter"),
    Mutation("buckets_refuse_plain_http", (Buckets,), plain_http, "answers requests without TLS"),
    Mutation("keys_rotate", (Keys,), no_rotation, "rotates: False"),
    Mutation("keys_name_their_users", (Keys,), key_for_all, "too much in ['ReadAudit']"),
)  # fmt: skip
