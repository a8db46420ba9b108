"""An accepted payment is a log line with its correlation id, and the answer carries it too."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import PaymentTrial


@check(requirement=("O1",), title="The correlation id goes from the request to answer and log line")
def payment_has_log_line(snapshot: Snapshot) -> Judgements:
    """One line that names the payment."""
    trial = snapshot.read(PaymentTrial)
    sent = trial.accepted.sent_correlation_id
    lines = [line for line in trial.log_lines if line.fields.get("payment_id") == trial.payment_id]
    yield judge(
        trial.payment_id,
        ok=trial.accepted.correlation_id == sent and len(lines) == 1 and lines[0].fields.get("correlation_id") == sent,
        good=f"{trial.payment_id} is logged once as {sent}, and was answered with it.",
        bad=f"{trial.payment_id} has {len(lines)} log lines for {sent}; the answer says {trial.accepted.correlation_id}.",
        remedy="Look at the payments function's log group and its right to write there.",
    )
