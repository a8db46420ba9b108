"""Three availability zones, with one public and one private subnet in each."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network

ZONES = 3


@check(requirement=("N1",), title="One public and one private subnet in each of three zones")
def vpc_spans_three_zones(snapshot: Snapshot) -> Judgements:
    """Each tier has exactly one subnet in each of three zones that the region offers now."""
    network, outputs = snapshot.read(Network), snapshot.outputs
    for tier, ids in (("public", outputs.public_subnet_ids), ("private", outputs.private_subnet_ids)):
        zones = sorted(network.subnets[subnet].zone for subnet in ids if subnet in network.subnets)
        expected = sorted(set(outputs.availability_zones) & set(network.region_zones))
        yield judge(
            network.name,
            ok=zones == expected and len(expected) == ZONES,
            good=f"{network.name} has one {tier} subnet in each of {', '.join(zones)}.",
            bad=f"{network.name} has {tier} subnets in {zones or 'no zone'}, not one in each of three zones.",
            remedy="Deploy again; somebody removed or moved a subnet, or a zone left the region.",
        )
