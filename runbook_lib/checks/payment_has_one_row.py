"""An accepted payment is one row in the database, with its correlation id."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import PaymentTrial


@check(requirement=("A4", "O1"), title="An accepted payment has one row, with its correlation id")
def payment_has_one_row(snapshot: Snapshot) -> Judgements:
    """The schema function tells; nothing outside the VPC reaches the database."""
    trial = snapshot.read(PaymentTrial)
    expected = [("accepted", trial.accepted.sent_correlation_id)]
    found = [(row.get("status"), row.get("correlation_id")) for row in trial.rows]
    yield judge(
        trial.payment_id,
        ok=found == expected,
        good=f"{trial.payment_id} has one accepted row with its correlation id.",
        bad=f"{trial.payment_id} has rows {found}, not {expected}.",
        remedy="Look for the correlation id in the payments function's log.",
    )
