"""Without the right key nobody gets in."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_refusals import Refusals


@check(requirement=("P1",), title="Requests without a valid API key are refused")
def api_refuses_without_key(snapshot: Snapshot) -> Judgements:
    """A valid payment with no key, and one with a key that does not exist."""
    refusals, url = snapshot.read(Refusals), snapshot.outputs.api_url
    for what, answer in (("no key", refusals.without_key), ("a wrong key", refusals.wrong_key)):
        yield judge(
            f"{url} with {what}",
            ok=answer.status == 403,  # noqa: PLR2004 - Forbidden
            good=f"{url} refuses a payment with {what}.",
            bad=f"{url} answered {answer.status} to a payment with {what}, not 403.",
            remedy="Set apiKeyRequired on the method and deploy the stage (deploy again).",
        )
