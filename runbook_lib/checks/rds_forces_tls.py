"""The database refuses connections without TLS, and runs with the parameter group that says so."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database, Parameters


@check(requirement=("D2",), title="The database accepts TLS connections only")
def rds_forces_tls(snapshot: Snapshot) -> Judgements:
    """A parameter that is set but waits for a reboot is not in force, so both are looked at."""
    database, parameters = snapshot.read(Database), snapshot.read(Parameters)
    forced = parameters.values.get("rds.force_ssl", "not set")
    yield judge(
        database.name,
        ok=forced == "1" and database.parameter_group == parameters.name and database.parameter_status == "in-sync",
        good=f"{database.name} runs with rds.force_ssl = 1 of {parameters.name}.",
        bad=f"{database.name}: rds.force_ssl is {forced} in {parameters.name}, which is {database.parameter_status}.",
        remedy="Set rds.force_ssl to 1 (deploy again); reboot the instance if the group is pending-reboot.",
    )
