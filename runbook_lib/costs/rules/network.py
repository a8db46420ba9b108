"""NAT gateways, public addresses, VPC endpoints, flow logs and load balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Rule, Usage
from runbook_lib.costs.model import HOURS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal


def nat_gateway(_: Inputs) -> Iterator[Item]:
    """Its address is the Eip's charge; what goes out to the internet is charged on top of the processing."""
    yield Fixed("NAT gateway", "nat.hour")
    yield Usage("NAT data processed", "nat.gb", "nat_gb")
    yield Usage("data out to the internet", "dt.internet", "internet_gb")


def eip(_: Inputs) -> Iterator[Item]:
    """Charged in use as well as idle."""
    yield Fixed("public IPv4 address", "ipv4.inuse")


def vpc_endpoint(inputs: Inputs) -> Iterator[Item]:
    """An interface endpoint is charged once per zone; a gateway endpoint is free."""
    match inputs.text("vpcEndpointType", "Gateway"):
        case "Gateway":
            yield Fixed("gateway endpoint", "vpce.gateway")
        case "Interface":
            yield Fixed("interface endpoint, per zone", "vpce.interface.hour", _hours(inputs, "subnetIds"))
            yield Usage("interface endpoint data", "vpce.interface.gb", "endpoint_gb")
        case other:
            yield Gap(f"{other} endpoint", "only gateway and interface endpoints have a price")


def endpoint_subnet(_: Inputs) -> Iterator[Item]:
    """One more zone of an interface endpoint."""
    yield Fixed("interface endpoint, per zone", "vpce.interface.hour")


def flow_log(inputs: Inputs) -> Iterator[Item]:
    """Delivered as vended logs."""
    if inputs.text("logDestinationType", "cloud-watch-logs") == "cloud-watch-logs":
        yield Usage("flow logs delivered", "cw.logs.vended", "flow_log_gb")
    else:
        yield Gap("flow logs", f"delivery to {inputs.text('logDestinationType')} has no price here")


def load_balancer(inputs: Inputs) -> Iterator[Item]:
    """An internet-facing one holds a public address in each of its zones."""
    kind = inputs.text("loadBalancerType", "application")
    if kind != "application":
        yield Gap(f"{kind} load balancer", "only application load balancers have a price")
        return
    yield Fixed("application load balancer", "alb.hour")
    if not inputs.flag("internal"):
        zones = "subnetMappings" if "subnetMappings" in inputs.raw else "subnets"
        yield Fixed("public IPv4 address, per zone", "ipv4.inuse", _hours(inputs, zones))
        yield Usage("data out to the internet", "dt.internet", "internet_gb")
    yield Usage("load balancer capacity units", "alb.lcu", "lcu_hours")


def _hours(inputs: Inputs, name: str) -> Decimal | None:
    """A month for each entry; an empty list is one that was not filled in yet."""
    entries = inputs.items(name)
    return HOURS * len(entries) if entries else None


RULES: dict[str, Rule] = {
    "aws:ec2/natGateway:NatGateway": nat_gateway,
    "aws:ec2/eip:Eip": eip,
    "aws:ec2/vpcEndpoint:VpcEndpoint": vpc_endpoint,
    "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation": endpoint_subnet,
    "aws:ec2/flowLog:FlowLog": flow_log,
    "aws:lb/loadBalancer:LoadBalancer": load_balancer,
    "aws:alb/loadBalancer:LoadBalancer": load_balancer,
}
