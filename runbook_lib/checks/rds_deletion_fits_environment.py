"""Production is protected from deletion; everything else can be torn down."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.outputs import is_production
from runbook_lib.snapshot.rds import Database


@check(requirement=("D2", "T2"), title="The database can be deleted, except in production")
def rds_deletion_fits_environment(snapshot: Snapshot) -> Judgements:
    """A staging database with deletion protection would survive its teardown, and be paid for."""
    database, environment = snapshot.read(Database), snapshot.outputs.environment
    state = "on" if database.deletion_protection else "off"
    yield judge(
        database.name,
        ok=database.deletion_protection is is_production(environment),
        good=f"{database.name} has deletion protection {state}, as {environment} needs.",
        bad=f"{database.name} has deletion protection {state}, which is wrong for {environment}.",
        remedy="Set payments:protected to true in production and to false elsewhere, and deploy again.",
    )
