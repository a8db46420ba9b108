"""Every bucket has its guards: encryption, versions, a public access block, enforced ownership, a policy and a lifecycle."""

from __future__ import annotations

from runbook_lib.gates.registry import GateContext, Judgements, Operation, Plan, gate, judge, resources

GUARDS = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
)
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@gate(requirement=("S1",), title="Every bucket has all its guards")
def buckets_are_private(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A guard belongs to the bucket that has the same parent: the bucket's name may not be known yet."""
    guards = list(resources(plan, *GUARDS))
    for bucket in resources(plan, "aws:s3/bucket:Bucket"):
        own = {guard.type: guard for guard in guards if guard.parent == bucket.parent}
        missing = [guard.rpartition(":")[2] for guard in GUARDS if guard not in own or not _holds(own[guard])]
        yield judge(
            bucket.name,
            ok=not missing,
            good=f"{bucket.name} has its {len(GUARDS)} guards.",
            bad=f"{bucket.name} lacks {', '.join(missing)}, or they do not hold.",
            remedy="Make buckets with stack/bucket.py.",
        )


def _holds(guard: Operation) -> bool:
    match guard.type.rpartition(":")[2]:
        case "BucketPublicAccessBlock":
            return all(guard.inputs.get(block) is True for block in BLOCKS)
        case "BucketVersioning":
            return bool(guard.inputs.get("versioningConfiguration", {}).get("status") == "Enabled")
        case "BucketOwnershipControls":
            return bool(guard.inputs.get("rule", {}).get("objectOwnership") == "BucketOwnerEnforced")
    return True
