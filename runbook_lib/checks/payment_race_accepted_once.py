"""Of several requests with one payment at the same time exactly one accepts it."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import PaymentTrial


@check(requirement=("A4",), title="A payment sent several times at once is accepted once")
def payment_race_accepted_once(snapshot: Snapshot) -> Judgements:
    """One 201, and for the others 200, or 503 for one that gave up; and one audit object."""
    trial = snapshot.read(PaymentTrial)
    statuses = sorted(answer.status for answer in trial.raced)
    accepted = statuses.count(201)
    yield judge(
        snapshot.outputs.payments_function_name,
        ok=len(statuses) > 1 and accepted == 1 and set(statuses) <= {200, 201, 503} and len(trial.raced_audit_keys) == 1,
        good=f"Of {len(statuses)} requests at once one was accepted.",
        bad=f"Requests at once were answered {statuses} and left {len(trial.raced_audit_keys)} audit objects.",
        remedy="The row's conditional update must decide who accepts.",
    )
