"""The database runs PostgreSQL of the version that was deployed."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database


@check(requirement=("D1",), title="The database runs the PostgreSQL version asked for")
def rds_runs_version_deployed(snapshot: Snapshot) -> Judgements:
    """A newer minor of the same major is right as well: minor upgrades are on."""
    database, asked = snapshot.read(Database), snapshot.outputs.rds_engine_version
    wanted, running = (tuple(map(int, version.split("."))) for version in (asked, database.engine_version))
    yield judge(
        database.name,
        ok=database.engine == "postgres" and running[0] == wanted[0] and running >= wanted,
        good=f"{database.name} runs {database.engine} {database.engine_version}; {asked} was asked for.",
        bad=f"{database.name} runs {database.engine} {database.engine_version}, not PostgreSQL {asked} or a later minor.",
        remedy="Find out who changed the engine; deploy again with the version discovered.",
    )
