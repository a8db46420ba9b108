"""No object lock keeps a bucket's objects from being deleted on teardown."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.s3 import Buckets


@check(requirement=("T2",), title="Buckets can be emptied")
def buckets_can_be_emptied(snapshot: Snapshot) -> Judgements:
    """Neither a lock nor a policy forbids to delete objects, versions included."""
    for bucket in snapshot.read(Buckets).both():
        denied = [
            statement.sid or "a statement"
            for statement in bucket.policy
            if not statement.allows
            and not statement.conditions
            and any(action in {"*", "s3:*"} or action.startswith("s3:Delete") for action in statement.actions)
        ]
        yield judge(
            bucket.name,
            ok=not bucket.locked and not denied,
            good=f"Nothing keeps {bucket.name} from being emptied.",
            bad=f"{bucket.name} cannot be emptied: {'object lock' if bucket.locked else denied}.",
            remedy="Remove the lock or the statement before teardown.",
        )
