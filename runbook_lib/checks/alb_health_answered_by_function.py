"""``GET /health`` is answered by the function itself."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import BalancerTrial


@check(requirement=("L1",), title="GET /health on the load balancer answers from the function")
def alb_health_answered_by_function(snapshot: Snapshot) -> Judgements:
    """Only the function gives the correlation id back that the request was sent with."""
    answer, name = snapshot.read(BalancerTrial).health, snapshot.outputs.alb_name
    yield judge(
        name,
        ok=answer.status == 200 and answer.correlation_id == answer.sent_correlation_id,  # noqa: PLR2004 - OK
        good=f"{name} answered GET /health from the function in {answer.seconds:.2f} s.",
        bad=f"{name} answered GET /health with {answer.status}, correlation id {answer.correlation_id or 'missing'}.",
        remedy="Look at its listener rule for /health and the function's permission.",
    )
