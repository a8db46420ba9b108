"""The experiments left nothing behind."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import BalancerTrial, PaymentTrial
from runbook_lib.snapshot.probe_refusals import CardTrial, Refusals
from runbook_lib.snapshot.probe_schema import Cleanup

# Two through the API, one through the load balancer.
ACCEPTED = 3


@check(requirement=("T2", "S1"), title="Test payments are removed, audit objects and rows")
def trial_payments_removed(snapshot: Snapshot) -> Judgements:
    """Fewer rows than accepted payments would mean that an accepted one was lost."""
    trials = (
        snapshot.read(PaymentTrial),
        snapshot.read(BalancerTrial),
        snapshot.read(Refusals),
        snapshot.read(CardTrial),
    )
    left = [what for trial in trials for what in trial.left_behind]
    yield judge(
        snapshot.outputs.audit_bucket_name,
        ok=not left,
        good="Every audit object of the test payments was deleted, with its versions.",
        bad=f"Audit objects of test payments are left: {', '.join(left)}.",
        remedy="Grant s3:DeleteObjectVersion to whoever verifies, or let the lifecycle remove them.",
    )
    removed = snapshot.read(Cleanup).removed
    yield judge(
        snapshot.outputs.rds_identifier,
        ok=removed >= ACCEPTED,
        good=f"{removed} rows of test payments were removed.",
        bad=f"{removed} rows of test payments were removed; {ACCEPTED} payments were accepted.",
        remedy="Another verification may run at the same time; run this one again.",
    )
