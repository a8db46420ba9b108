"""The load balancer stands in the public subnets of all three zones and faces the internet."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.elbv2 import LoadBalancer


@check(requirement=("L1",), title="An internet-facing load balancer over the three public subnets")
def alb_faces_internet(snapshot: Snapshot) -> Judgements:
    """An application load balancer, active, behind the group that opens the web ports only."""
    balancer, outputs = snapshot.read(LoadBalancer), snapshot.outputs
    yield judge(
        balancer.name,
        ok=(balancer.kind, balancer.scheme, balancer.state) == ("application", "internet-facing", "active")
        and set(balancer.subnet_ids) == set(outputs.public_subnet_ids)
        and balancer.security_group_ids == (outputs.alb_security_group_id,),
        good=f"{balancer.name} faces the internet from {len(balancer.subnet_ids)} public subnets.",
        bad=f"{balancer.name} is {balancer.state} and {balancer.scheme} in {list(balancer.subnet_ids)} "
        f"behind {list(balancer.security_group_ids)}.",
        remedy="Deploy again; its subnets or groups were changed by hand.",
    )
