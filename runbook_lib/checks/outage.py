"""What the checks on outages have in common: how one is answered, told of, and recovered from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.checks.registry import Judgements, judge

if TYPE_CHECKING:
    from runbook_lib.snapshot.drill import Outage


def survived(outage: Outage, *, event: str, metric: str) -> Judgements:
    """Four judgements: answered, told of, recovered from, mended.

    Args:
        outage: What happened.
        event: The log event by which the function tells of it.
        metric: The metric by which it does.
    """
    what, refused, sent = outage.resource, outage.refused, outage.refused.sent_correlation_id
    yield judge(
        f"{what} away: answer",
        ok=refused.status == 503 and refused.problem and refused.retry_after.isdecimal() and refused.correlation_id == sent,  # noqa: PLR2004 - Service Unavailable
        good=f"Without {what} a payment was answered 503, to be repeated after {refused.retry_after} s.",
        bad=f"Without {what} the answer was {refused.status} {refused.content_type}, Retry-After {refused.retry_after!r}.",
        remedy="Look for the correlation id in the payments function's log; payments/errors.py says what should be answered.",
    )
    events = [line.fields.get("message") for line in outage.log_lines if line.fields.get("correlation_id") == sent]
    yield judge(
        f"{what} away: log and metric",
        ok=events == [event] and outage.metrics == (metric,),
        good=f"The log says {event} for {sent}, and {metric} was counted.",
        bad=f"The log says {events} for {sent}, not {event}; metrics counted: {list(outage.metrics)}, not {metric}.",
        remedy="Look at the payments function's log group, its right to write there, and payments/errors.py.",
    )
    rows = [(row.get("status"), row.get("correlation_id")) for row in outage.rows]
    audited = [("accepted", audit.body.get("correlation_id")) for audit in outage.audit_objects]
    yield judge(
        f"{what} back: payment {outage.payment_id}",
        ok=outage.completed.status == 201 and len(rows) == 1 and rows[0][0] == "accepted" and audited == rows,  # noqa: PLR2004 - Created
        good=f"Repeated with {what} back, the payment was accepted, with one row and one audit object of one correlation id.",
        bad=f"Repeated with {what} back, the answer was {outage.completed.status}; rows {rows}, audit objects {audited}.",
        remedy="Look for the payment id in the payments function's log and in the database.",
    )
    yield judge(
        f"{what} back: mended",
        ok=outage.restored and not outage.left_behind,
        good=f"{what} is as it was before the drill, and the drill's audit objects are deleted.",
        bad=f"{what} is {'' if outage.restored else 'not '}as it was before the drill; left behind: {list(outage.left_behind)}.",
        remedy="Deploy again to put it right; delete what is left behind, or let the lifecycle remove it.",
    )
