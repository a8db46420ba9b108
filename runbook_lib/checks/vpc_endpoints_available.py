"""Every endpoint the stack made works, and interface endpoints have a foot in every private subnet."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.ec2 import Network


@check(requirement=("N4",), title="VPC endpoints are available in all private subnets")
def vpc_endpoints_available(snapshot: Snapshot) -> Judgements:
    """Which interface endpoints there are is the configuration's choice; the outputs name them."""
    endpoints = {endpoint.name: endpoint for endpoint in snapshot.read(Network).endpoints}
    private = set(snapshot.outputs.private_subnet_ids)
    for name in snapshot.outputs.vpc_endpoint_ids:
        endpoint = endpoints.get(name)
        state = endpoint.state if endpoint else "gone"
        placed = endpoint is not None and (endpoint.kind == "Gateway" or private <= set(endpoint.subnet_ids))
        yield judge(
            name,
            ok=state == "available" and placed,
            good=f"Endpoint {name} for {endpoint.service if endpoint else ''} is available.",
            bad=f"Endpoint {name} is {state}{'' if placed else ' and misses private subnets'}.",
            remedy="Deploy again.",
        )
