"""Requests that are no payments are refused with 400, each as a problem document with a correlation id."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_refusals import Refusals

BAD_REQUEST, TOO_LARGE = 400, 413


@check(requirement=("A3", "P1"), title="Malformed payments are refused with 400 and a problem document")
def bad_requests_refused(snapshot: Snapshot) -> Judgements:
    """Bad JSON, wrong types, missing fields, an oversized body."""
    refusals, url = snapshot.read(Refusals), snapshot.outputs.api_url
    for fault, answer, expected in (
        ("bad JSON", refusals.malformed, BAD_REQUEST),
        ("wrong types", refusals.wrong_types, BAD_REQUEST),
        ("missing fields", refusals.missing_fields, BAD_REQUEST),
        ("an oversized body", refusals.oversized, TOO_LARGE),
    ):
        yield judge(
            f"{url} with {fault}",
            ok=answer.status == expected and answer.problem,
            good=f"{url} refused {fault} with {answer.status}: {answer.body.get('title')}.",
            bad=f"{url} answered {fault} with {answer.status} {answer.content_type}, not {expected} and a problem document.",
            remedy="Look at the request model, the gateway responses and the function's validation.",
        )
