"""What the outputs name is what is there."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import RestApi
from runbook_lib.snapshot.ec2 import Network
from runbook_lib.snapshot.elbv2 import LoadBalancer
from runbook_lib.snapshot.functions import Functions


@check(requirement=("O2",), title="Outputs name live resources")
def outputs_name_live_resources(snapshot: Snapshot) -> Judgements:
    """Each pair is an output and what AWS answers for it; a stale state shows as a difference."""
    outputs, network = snapshot.outputs, snapshot.read(Network)
    balancer, functions = snapshot.read(LoadBalancer), snapshot.read(Functions)
    pairs = {
        "vpc_id": (outputs.vpc_id, network.name),
        "subnets": ({*outputs.public_subnet_ids, *outputs.private_subnet_ids}, set(network.subnets)),
        "nat_gateway_ids": (set(outputs.nat_gateway_ids), set(network.nat_gateways)),
        "vpc_endpoint_ids": (set(outputs.vpc_endpoint_ids), {endpoint.name for endpoint in network.endpoints}),
        "alb_name": (outputs.alb_name, balancer.name),
        "alb_dns_name": (outputs.alb_dns_name, balancer.dns_name),
        "payments_function_name": (outputs.payments_function_name, functions.payments.name),
        "api_url": (outputs.api_id in outputs.api_url, bool(snapshot.read(RestApi).methods)),
    }
    for output, (said, live) in pairs.items():
        yield judge(
            output,
            ok=bool(said) and said == live,
            good=f"Output {output} is what AWS answers.",
            bad=f"Output {output} says {said}, AWS answers {live}.",
            remedy="Refresh the stack and look at what moved.",
        )
