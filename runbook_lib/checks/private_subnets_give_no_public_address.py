"""What starts in a private subnet gets no public address."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network


@check(requirement=("N1",), title="Private subnets give no public address")
def private_subnets_give_no_public_address(snapshot: Snapshot) -> Judgements:
    """Every private subnet of the outputs is there and gives none."""
    subnets = snapshot.read(Network).subnets
    for name in snapshot.outputs.private_subnet_ids:
        subnet = subnets.get(name)
        yield judge(
            name,
            ok=subnet is not None and not subnet.gives_public_addresses,
            good=f"Private subnet {name} gives no public addresses.",
            bad=f"Private subnet {name} gives public addresses." if subnet else f"Private subnet {name} is gone.",
            remedy="Set mapPublicIpOnLaunch to false (deploy again).",
        )
