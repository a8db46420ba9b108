"""An accepted payment's id cannot be used for another payment."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import PaymentTrial


@check(requirement=("A4",), title="The same id with another content is refused")
def payment_conflict_refused(snapshot: Snapshot) -> Judgements:
    """409, whatever differs."""
    trial = snapshot.read(PaymentTrial)
    status = trial.conflicting.status
    yield judge(
        trial.payment_id,
        ok=status == 409,  # noqa: PLR2004 - Conflict
        good=f"{trial.payment_id} was refused with another amount.",
        bad=f"{trial.payment_id} was answered {status} with another amount, not 409.",
        remedy="The function must compare fingerprints.",
    )
