"""The database has no public address and listens to the database group only."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database


@check(requirement=("D1", "N3"), title="The database is not reachable from the internet")
def rds_not_public(snapshot: Snapshot) -> Judgements:
    """A second security group would open a second door, so that exactly one is allowed."""
    database, group = snapshot.read(Database), snapshot.outputs.database_security_group_id
    yield judge(
        database.name,
        ok=not database.publicly_accessible and database.security_group_ids == (group,),
        good=f"{database.name} has no public address and listens to {group} only.",
        bad=f"{database.name} has public access {database.publicly_accessible} and groups "
        f"{', '.join(database.security_group_ids) or 'none'}.",
        remedy=f"Set publiclyAccessible to false and the groups to {group} (deploy again).",
    )
