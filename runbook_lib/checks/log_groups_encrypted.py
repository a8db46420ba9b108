"""Every log group of the stack is encrypted with a key of the stack."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.logs import LogGroups


@check(requirement=("M1", "K1"), title="Log groups are encrypted with a customer-managed key")
def log_groups_encrypted(snapshot: Snapshot) -> Judgements:
    """CloudWatch encrypts every log group, but with its own key unless told otherwise."""
    groups = snapshot.read(LogGroups).by_name
    for name in snapshot.outputs.log_group_names:
        key = groups[name].key_arn if name in groups else ""
        yield judge(
            name,
            ok=key in snapshot.outputs.key_arns.values(),
            good=f"{name} is encrypted with {key}.",
            bad=f"{name} is gone or encrypted with {key or 'the default key'}, not with a key of the stack.",
            remedy="Set its kmsKeyId (deploy again).",
        )
