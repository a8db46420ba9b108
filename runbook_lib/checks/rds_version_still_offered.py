"""AWS still offers the version the database runs."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import EngineVersion


@check(requirement=("D1",), title="The database's version is still offered")
def rds_version_still_offered(snapshot: Snapshot) -> Judgements:
    """A withdrawn version cannot be restored from a snapshot or made again."""
    running = snapshot.read(EngineVersion)
    yield judge(
        snapshot.outputs.rds_identifier,
        ok=running.status == "available",
        good=f"RDS offers PostgreSQL {running.version} on {snapshot.day}.",
        bad=f"RDS calls PostgreSQL {running.version} {running.status} on {snapshot.day}.",
        remedy="Run 01_version_discovery and deploy a version that can be created.",
    )
