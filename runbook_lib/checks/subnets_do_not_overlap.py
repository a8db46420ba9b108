"""Subnet ranges lie in the VPC's range and apart from each other."""

from __future__ import annotations

from itertools import combinations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network


@check(requirement=("N1",), title="Subnets lie inside the VPC and do not overlap")
def subnets_do_not_overlap(snapshot: Snapshot) -> Judgements:
    """Every subnet of the VPC is looked at, those that the stack does not know included."""
    network = snapshot.read(Network)
    subnets = list(network.subnets.values())
    strays = [subnet.name for subnet in subnets if not subnet.cidr.subnet_of(network.cidr)]
    clashes = [f"{one.name}/{two.name}" for one, two in combinations(subnets, 2) if one.cidr.overlaps(two.cidr)]
    yield judge(
        network.name,
        ok=bool(subnets) and not strays and not clashes,
        good=f"The {len(subnets)} subnets of {network.name} lie inside {network.cidr} and apart from each other.",
        bad=f"{network.name} ({network.cidr}) has subnets outside its range {strays} or overlapping {clashes}.",
        remedy="Remove the subnet that the stack did not make.",
    )
