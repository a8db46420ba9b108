"""The database can only stand in the stack's private subnets, over all three zones."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.rds import Database


@check(requirement=("D1",), title="The database's subnet group is the private subnets of three zones")
def rds_in_private_subnets(snapshot: Snapshot) -> Judgements:
    """Its subnet group holds exactly the private subnets of the outputs."""
    database, outputs = snapshot.read(Database), snapshot.outputs
    yield judge(
        database.name,
        ok=set(database.subnet_ids) == set(outputs.private_subnet_ids) and set(database.zones) == set(outputs.availability_zones),
        good=f"{database.name} stands in the private subnets of {', '.join(database.zones)}.",
        bad=f"{database.name} may stand in {', '.join(database.subnet_ids)} ({', '.join(database.zones)}).",
        remedy="Give its subnet group the private subnets again (deploy again).",
    )
