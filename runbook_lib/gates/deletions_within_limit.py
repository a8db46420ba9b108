"""A plan does not delete or replace more of what holds data than its operator allowed."""

from __future__ import annotations

from runbook_lib.gates.registry import GateContext, Judgements, Plan, gate, judge
from runbook_lib.gates.sdk import keeps_data

BESIDE = {
    "aws:amp/workspace:Workspace": "metrics",
    "aws:backup/vault:Vault": "recovery points",
    "aws:codeartifact/repository:Repository": "packages",
    "aws:codecommit/repository:Repository": "source",
    "aws:ec2/instance:Instance": "its root volume",
    "aws:ecr/repository:Repository": "images",
    "aws:glacier/vault:Vault": "archives",
    "aws:mq/broker:Broker": "messages",
    "aws:redshiftserverless/namespace:Namespace": "tables",
    "aws:route53/zone:Zone": "the names that others resolve",
    "aws:s3/bucket:Bucket": "objects",
    "aws:s3/bucketV2:BucketV2": "objects",
    "aws:s3/directoryBucket:DirectoryBucket": "objects",
    "aws:s3tables/tableBucket:TableBucket": "tables",
    "aws:ssm/parameter:Parameter": "what somebody may have set by hand",
    "aws:timestreamwrite/database:Database": "its tables",
    "aws:workmail/organization:Organization": "mail",
}
"""Types that keep something though no property of theirs says so, and what."""


def stateful(token: str) -> bool:
    """Whether deploying again would not bring back what a resource of this type holds; of an unknown type it is taken so."""
    if token in BESIDE:
        return True
    try:
        return keeps_data(token)
    except ValueError:
        return True


@gate(requirement=("T2",), title="Deletions and replacements of stateful resources stay within the limit")
def deletions_within_limit(plan: Plan, context: GateContext) -> Judgements:
    """The limit is the parameter ``deletion_limit``, 0 unless an operator raises it for one run."""
    population = [op for op in plan.operations if op.provider and stateful(op.type)]
    lost = sorted(f"{op.op} {op.name}" for op in population if op.op in {"delete", "replace"})
    yield judge(
        f"{len(population)} stateful resources",
        ok=bool(population) and len(lost) <= context.deletion_limit,
        good=f"Of {len(population)} stateful resources {len(lost)} are deleted or replaced; {context.deletion_limit} may be.",
        bad=f"Of {len(population)} stateful resources {len(lost)} are deleted or replaced, "
        f"{context.deletion_limit} may be: {', '.join(lost)}.",
        remedy="Find out what forces the replacement; if it is meant, raise deletion_limit for this run.",
    )
