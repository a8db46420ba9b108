"""Backups are kept for a week at least."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database

DAYS = 7


@check(requirement=("D2",), title="The database's backups are kept for 7 days or more")
def rds_backups_kept(snapshot: Snapshot) -> Judgements:
    """The retention period also is how far back a point-in-time restore reaches."""
    database = snapshot.read(Database)
    yield judge(
        database.name,
        ok=database.backup_retention_days >= DAYS,
        good=f"{database.name} keeps backups for {database.backup_retention_days} days.",
        bad=f"{database.name} keeps backups for {database.backup_retention_days} days, not {DAYS} or more.",
        remedy="Set payments:backupRetentionDays and deploy again.",
    )
