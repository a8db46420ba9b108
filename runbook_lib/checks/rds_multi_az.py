"""The database survives the loss of a zone."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database


@check(requirement=("D1",), title="The database is Multi-AZ")
def rds_multi_az(snapshot: Snapshot) -> Judgements:
    """It has a standby in another zone."""
    database = snapshot.read(Database)
    yield judge(
        database.name,
        ok=database.multi_az,
        good=f"{database.name} is Multi-AZ.",
        bad=f"{database.name} lives in one zone only.",
        remedy="Set payments:multiAz to true and deploy again.",
    )
