"""A repeated payment gets the answer it had."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import PaymentTrial


@check(requirement=("A4",), title="Repeating a payment gives the same answer")
def payment_repeated_same_answer(snapshot: Snapshot) -> Judgements:
    """200 says that nothing new happened; the body is the first one's, word for word."""
    trial = snapshot.read(PaymentTrial)
    first, again = trial.accepted, trial.repeated
    yield judge(
        trial.payment_id,
        ok=again.status == 200 and bool(again.body) and again.body == first.body,  # noqa: PLR2004 - OK
        good=f"{trial.payment_id} got its first answer again.",
        bad=f"{trial.payment_id} was answered {again.status} when repeated, with "
        f"{'the same' if again.body == first.body else 'another'} body.",
        remedy="The function must answer a repeat from the row alone.",
    )
