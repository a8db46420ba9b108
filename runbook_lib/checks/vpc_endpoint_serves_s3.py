"""S3 traffic of private subnets takes the free gateway endpoint."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network


@check(requirement=("N4",), title="S3 is reached through a gateway endpoint")
def vpc_endpoint_serves_s3(snapshot: Snapshot) -> Judgements:
    """Every private subnet's route table is associated with an available S3 gateway endpoint."""
    network = snapshot.read(Network)
    tables = {table.name for id_ in snapshot.outputs.private_subnet_ids if (table := network.route_table_of(id_))}
    gateways = [e for e in network.endpoints if e.service == "s3" and e.kind == "Gateway" and e.state == "available"]
    served = {table for endpoint in gateways for table in endpoint.route_table_ids}
    yield judge(
        network.name,
        ok=bool(tables) and tables <= served,
        good=f"The {len(tables)} private route tables of {network.name} reach S3 through a gateway endpoint.",
        bad=f"{network.name} sends S3 traffic of {sorted(tables - served) or 'its subnets'} through NAT, at its price.",
        remedy="Restore the S3 gateway endpoint's route tables (deploy again).",
    )
