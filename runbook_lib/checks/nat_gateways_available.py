"""NAT gateways work and stand in public subnets."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network


@check(requirement=("N2",), title="NAT gateways are available, in public subnets")
def nat_gateways_available(snapshot: Snapshot) -> Judgements:
    """There is one per zone, or one for all."""
    network, outputs = snapshot.read(Network), snapshot.outputs
    for name in outputs.nat_gateway_ids:
        gateway = network.nat_gateways.get(name)
        yield judge(
            name,
            ok=gateway is not None and gateway.state == "available" and gateway.subnet_id in outputs.public_subnet_ids,
            good=f"NAT gateway {name} is available in a public subnet.",
            bad=f"NAT gateway {name} is {gateway.state} in {gateway.subnet_id}." if gateway else f"{name} is gone.",
            remedy="Deploy again; private subnets have no way out without it.",
        )
    yield judge(
        network.name,
        ok=bool(outputs.nat_gateway_ids) and len(outputs.nat_gateway_ids) in (1, len(outputs.availability_zones)),
        good=f"{len(outputs.nat_gateway_ids)} NAT gateways serve {len(outputs.availability_zones)} zones.",
        bad=f"{len(outputs.nat_gateway_ids)} NAT gateways serve {len(outputs.availability_zones)} zones.",
        remedy="Set payments:natPerZone and deploy again.",
    )
