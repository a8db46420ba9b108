"""The database runs, where the outputs say."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database

# RDS calls these states of a working instance; each lasts for minutes and needs nobody.
WORKING = {"available", "backing-up", "configuring-enhanced-monitoring", "storage-optimization"}


@check(requirement=("D1",), title="The database is available at its endpoint")
def rds_available(snapshot: Snapshot) -> Judgements:
    """Its status is one of a working instance and its endpoint is that of the outputs."""
    database, endpoint = snapshot.read(Database), snapshot.outputs.rds_endpoint
    yield judge(
        database.name,
        ok=database.status in WORKING and database.endpoint == endpoint,
        good=f"{database.name} is {database.status} at {endpoint}.",
        bad=f"{database.name} is {database.status} at {database.endpoint}; the outputs say {endpoint}.",
        remedy="Wait until RDS is done with it, or refresh the stack's outputs.",
    )
