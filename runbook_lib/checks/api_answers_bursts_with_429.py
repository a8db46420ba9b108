"""Who sends more than the usage plan allows is told so, and told when to come back."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.drill_limits import ThrottleTrial

BAD_REQUEST, TOO_MANY = 400, 429


@check(requirement=("P1",), title="Over the throttle the API answers 429 with a problem document")
def api_answers_bursts_with_429(snapshot: Snapshot) -> Judgements:
    """Something has to get through as well: an API that refuses everything throttles nothing."""
    url, answers = snapshot.outputs.api_url, snapshot.read(ThrottleTrial).answers
    refused = [answer for answer in answers if answer.status == TOO_MANY]
    through = [answer for answer in answers if answer.status == BAD_REQUEST]
    yield judge(
        url,
        ok=bool(refused and through) and all(answer.problem and answer.retry_after.isdecimal() for answer in refused),
        good=f"{url} let {len(through)} of a burst of {len(answers)} through, and answered {len(refused)} with 429.",
        bad=f"{url} answered a burst with {[(answer.status, answer.content_type, answer.retry_after) for answer in answers]}.",
        remedy="Look at the usage plan, the stage's throttle and the gateway response THROTTLED.",
    )
