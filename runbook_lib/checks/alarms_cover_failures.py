"""Every failure that turns payments away has an alarm of its own."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.cloudwatch import Alarms

# The metrics that the payments function writes when a dependency fails (stack/functions/payments/errors.py).
FAILURES = ("DatabaseUnavailable", "AuditStoreUnavailable", "SecretUnreadable", "TimeNearlyOut")


@check(requirement=("A3", "M2"), title="Each way for a payment to fail has its metric and its alarm")
def alarms_cover_failures(snapshot: Snapshot) -> Judgements:
    """Dependencies are not broken on a live system to see it; that the function counts them is tested where it is built."""
    function, alarms = snapshot.outputs.payments_function_name, snapshot.read(Alarms).by_name.values()
    for failure in FAILURES:
        watching = [a.name for a in alarms if a.metric.endswith(f"/{failure}") and function in a.dimensions.values()]
        yield judge(
            f"{function} {failure}",
            ok=bool(watching),
            good=f"{', '.join(watching)} tells when {function} reports {failure}.",
            bad=f"Nobody is told when {function} reports {failure}.",
            remedy="Restore the alarm (deploy again).",
        )
