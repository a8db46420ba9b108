"""Every key of the stack is enabled, the customer's own, and rotates."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.kms import Keys


@check(requirement=("K1",), title="Customer-managed keys are enabled and rotate")
def keys_rotate(snapshot: Snapshot) -> Judgements:
    """A key that waits for its deletion takes with it whatever it encrypted."""
    for key in snapshot.read(Keys).by_arn.values():
        yield judge(
            key.name,
            ok=key.customer_managed and key.rotates and key.state == "Enabled",
            good=f"{key.name} is enabled and rotates.",
            bad=f"{key.name} is {key.state}, customer-managed: {key.customer_managed}, rotates: {key.rotates}.",
            remedy="Cancel its deletion if it is pending, enable rotation (deploy again).",
        )
