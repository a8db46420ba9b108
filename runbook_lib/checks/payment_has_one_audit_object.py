"""An accepted payment is one audit object, encrypted with a key of the stack."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import PaymentTrial


@check(requirement=("S1", "O1"), title="An accepted payment has one audit object, with its correlation id")
def payment_has_one_audit_object(snapshot: Snapshot) -> Judgements:
    """The conflicting request leaves an object of its own, about a refusal."""
    trial = snapshot.read(PaymentTrial)
    accepted = [found for found in trial.audit_objects if found.body.get("decision") == "accepted"]
    yield judge(
        trial.payment_id,
        ok=len(accepted) == 1
        and accepted[0].body.get("correlation_id") == trial.accepted.sent_correlation_id
        and accepted[0].kms_key in snapshot.outputs.key_arns.values(),
        good=f"{trial.payment_id} has one audit object, {accepted[0].key if accepted else ''}.",
        bad=f"{trial.payment_id} has audit objects {[f.key for f in trial.audit_objects]}, encrypted with "
        f"{[f.kms_key for f in trial.audit_objects]}.",
        remedy="Look at the payments function's log, and its right to put objects.",
    )
