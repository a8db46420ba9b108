"""A valid payment through the API is accepted."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import PaymentTrial


@check(requirement=("A4", "P1"), title="A valid payment is accepted through the API")
def payment_accepted(snapshot: Snapshot) -> Judgements:
    """201 promises a row and an audit object; other checks look for both."""
    trial, url = snapshot.read(PaymentTrial), snapshot.outputs.api_url
    answer = trial.accepted
    yield judge(
        url,
        ok=answer.status == 201 and answer.body.get("payment_id") == trial.payment_id,  # noqa: PLR2004 - Created
        good=f"{url} accepted {trial.payment_id} in {answer.seconds:.2f} s.",
        bad=f"{url} answered {answer.status} to a valid payment: {answer.body.get('title', answer.body)}.",
        remedy="Look for the correlation id in the payments function's log.",
    )
