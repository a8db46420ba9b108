"""Public subnets route to the VPC's internet gateway."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network


@check(requirement=("N2",), title="Public subnets route to the internet gateway")
def public_subnets_reach_internet(snapshot: Snapshot) -> Judgements:
    """The default route of each public subnet's own table is an internet gateway attached to this VPC."""
    network = snapshot.read(Network)
    for subnet in snapshot.outputs.public_subnet_ids:
        table = network.route_table_of(subnet)
        target = table.default_target() if table else ""
        yield judge(
            subnet,
            ok=target in network.internet_gateway_ids,
            good=f"Public subnet {subnet} routes to {target}.",
            bad=f"Public subnet {subnet} routes to {target or 'nothing'}, not to the VPC's internet gateway.",
            remedy="Restore the route 0.0.0.0/0 of its route table (deploy again).",
        )
