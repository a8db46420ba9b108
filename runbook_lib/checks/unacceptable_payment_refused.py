"""A well-formed payment that cannot be accepted gets 422, and its refusal is on record."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_refusals import Refusals


@check(requirement=("A3", "S1"), title="An unknown currency is refused with 422, logged and audited")
def unacceptable_payment_refused(snapshot: Snapshot) -> Judgements:
    """A refusal is a decision about a payment: it has a log line and an audit object."""
    refusals, url = snapshot.read(Refusals), snapshot.outputs.api_url
    answer = refusals.unknown_currency
    yield judge(
        url,
        ok=answer.status == 422 and answer.content_type == "application/problem+json",  # noqa: PLR2004 - Unprocessable
        good=f"{url} refused an unknown currency with 422.",
        bad=f"{url} answered an unknown currency with {answer.status} {answer.content_type}.",
        remedy="Look at the function's validation.",
    )
    decisions = [found.body.get("decision") for found in refusals.audit_objects]
    yield judge(
        answer.sent_correlation_id,
        ok=decisions == ["refused"] and bool(refusals.log_lines),
        good=f"The refusal {answer.sent_correlation_id} is logged and has its audit object.",
        bad=f"The refusal {answer.sent_correlation_id} has {len(refusals.log_lines)} log lines and audits {decisions}.",
        remedy="Look at the payments function's log and its right to put objects.",
    )
