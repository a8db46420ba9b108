"""The load balancer answers like the API."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.probe_payment import BalancerTrial


@check(requirement=("L1", "A3"), title="The load balancer takes payments and refuses what is none")
def alb_serves_payments(snapshot: Snapshot) -> Judgements:
    """Here no request model stands before the function, so that it has to refuse bad JSON itself."""
    trial, name = snapshot.read(BalancerTrial), snapshot.outputs.alb_name
    for what, answer, expected in (
        ("a valid payment", trial.accepted, 201),
        ("bad JSON", trial.malformed, 400),
        ("an unknown path", trial.unknown_path, 404),
    ):
        yield judge(
            f"{name} with {what}",
            ok=answer.status == expected,
            good=f"{name} answered {what} with {answer.status}.",
            bad=f"{name} answered {what} with {answer.status}, not {expected}.",
            remedy="Look at its listener rules and the payments function's log.",
        )
