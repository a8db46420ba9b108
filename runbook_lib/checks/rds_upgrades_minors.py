"""Minor upgrades, which carry security fixes, arrive by themselves."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database


@check(requirement=("D2",), title="The database takes minor upgrades by itself")
def rds_upgrades_minors(snapshot: Snapshot) -> Judgements:
    """They happen in the maintenance window."""
    database = snapshot.read(Database)
    yield judge(
        database.name,
        ok=database.minor_upgrades,
        good=f"{database.name} takes minor upgrades by itself.",
        bad=f"{database.name} stays on its minor version until somebody upgrades it.",
        remedy="Set autoMinorVersionUpgrade to true (deploy again).",
    )
