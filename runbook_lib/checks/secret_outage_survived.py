"""Without its secret the function refuses payments for now, and recovers by itself."""

from __future__ import annotations

from runbook_lib.checks.outage import survived
from runbook_lib.checks.registry import Judgements, Snapshot, check
from runbook_lib.snapshot.drill_outages import SecretOutage


@check(requirement=("A3", "D3"), title="A payment without the database secret is answered 503 and accepted later")
def secret_outage_survived(snapshot: Snapshot) -> Judgements:
    """Nothing but the permission is given back: a function that remembered the refusal would need a new deployment."""
    yield from survived(snapshot.read(SecretOutage), event="secret_unreadable", metric="SecretUnreadable")
