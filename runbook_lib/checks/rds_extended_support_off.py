"""RDS Extended Support cannot start to be charged by itself."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge, unknown
from runbook_lib.snapshot.rds import Database

OFF = "open-source-rds-extended-support-disabled"


@check(requirement=("D2",), title="Extended Support is switched off")
def rds_extended_support_off(snapshot: Snapshot) -> Judgements:
    """Left on, an old major costs more than the instance itself from the day its standard support ends."""
    database = snapshot.read(Database)
    if not database.lifecycle_support:
        yield unknown(database.name, f"RDS does not say which engine lifecycle support {database.name} has.")
        return
    yield judge(
        database.name,
        ok=database.lifecycle_support == OFF,
        good=f"{database.name} is not enrolled in Extended Support.",
        bad=f"{database.name} is enrolled in Extended Support ({database.lifecycle_support}).",
        remedy=f"Set engineLifecycleSupport to {OFF} (deploy again).",
    )
