"""Private subnets leave through the NAT gateway of their own zone."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network


@check(requirement=("N2",), title="Private subnets leave through their own zone's NAT gateway")
def private_subnets_use_zone_nat(snapshot: Snapshot) -> Judgements:
    """A stack deployed with a single NAT gateway (``natPerZone=false``) sends all zones through that one."""
    network, expected = snapshot.read(Network), snapshot.outputs.nat_gateway_ids
    for subnet in snapshot.outputs.private_subnet_ids:
        table = network.route_table_of(subnet)
        gateway = network.nat_gateways.get(table.default_target()) if table else None
        home = network.subnets.get(gateway.subnet_id) if gateway else None
        same_zone = home is not None and subnet in network.subnets and home.zone == network.subnets[subnet].zone
        # The default route alone proves nothing: a narrower one goes before it.
        past_it = table is None or any(route.target in network.internet_gateway_ids for route in table.routes)
        yield judge(
            subnet,
            ok=not past_it and gateway is not None and gateway.name in expected and (same_zone or len(expected) == 1),
            good=f"Private subnet {subnet} leaves through {gateway.name if gateway else ''}.",
            bad=f"Private subnet {subnet} does not leave through a NAT gateway of its own zone.",
            remedy="Restore the default route of its route table (deploy again).",
        )
