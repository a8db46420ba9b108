"""Without the audit store payments are refused for now, and none is lost."""

from __future__ import annotations

from runbook_lib.checks.outage import survived
from runbook_lib.checks.registry import Judgements, Snapshot, check
from runbook_lib.snapshot.drill_outages import AuditStoreOutage


@check(requirement=("A3", "A4", "S1"), title="A payment without the audit store is answered 503 and completed later")
def audit_store_outage_survived(snapshot: Snapshot) -> Judgements:
    """The row is there first, pending; the repeated payment completes it."""
    yield from survived(snapshot.read(AuditStoreOutage), event="audit_store_unavailable", metric="AuditStoreUnavailable")
