"""Without the database payments are refused for now, and none is lost."""

from __future__ import annotations

from runbook_lib.checks.outage import survived
from runbook_lib.checks.registry import Judgements, Snapshot, check
from runbook_lib.snapshot.drill_outages import DatabaseOutage


@check(requirement=("A3", "A4"), title="A payment without the database is answered 503 and accepted later")
def database_outage_survived(snapshot: Snapshot) -> Judgements:
    """The function's connection is gone with the database; it has to make another by itself."""
    yield from survived(snapshot.read(DatabaseOutage), event="database_unavailable", metric="DatabaseUnavailable")
