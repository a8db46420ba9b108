"""The database's logs go to CloudWatch."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database

LOGS = {"postgresql", "upgrade"}


@check(requirement=("D2",), title="The database's logs are exported")
def rds_logs_exported(snapshot: Snapshot) -> Judgements:
    """PostgreSQL has these two logs to export."""
    database = snapshot.read(Database)
    missing = LOGS - set(database.exported_logs)
    yield judge(
        database.name,
        ok=not missing,
        good=f"{database.name} exports its logs {', '.join(sorted(database.exported_logs))}.",
        bad=f"{database.name} does not export its logs {', '.join(sorted(missing))}.",
        remedy="Enable the CloudWatch log exports (deploy again).",
    )
