"""Buckets are reached over TLS only."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets

WITHOUT_TLS = [{"Bool": {"aws:SecureTransport": value}} for value in ("false", False, ["false"])]


@check(requirement=("S1",), title="Bucket policies deny requests without TLS")
def buckets_refuse_plain_http(snapshot: Snapshot) -> Judgements:
    """The statement denies everybody everything, on the bucket and on its objects, whenever the transport is not secure.

    A second condition beside that one would let some of those requests through.
    """
    for bucket in snapshot.read(Buckets).both():
        denied = any(
            not statement.allows
            and "*" in statement.principals
            and "s3:*" in statement.actions
            and {resource.partition(":s3:")[2] for resource in statement.resources} >= {f"::{bucket.name}", f"::{bucket.name}/*"}
            and statement.conditions in WITHOUT_TLS
            for statement in bucket.policy
        )
        yield judge(
            bucket.name,
            ok=denied,
            good=f"{bucket.name} denies requests without TLS.",
            bad=f"{bucket.name} answers requests without TLS.",
            remedy=f"Deny s3:* on {bucket.name} and its objects when aws:SecureTransport is false (deploy again).",
        )
