"""NAT gateways, public addresses, VPC endpoints, flow logs and load balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

_INTERNET = Usage("data out to the internet", "dt.internet", "internet_gb")


def nat_gateway(inputs: Inputs) -> Iterator[Item]:
    """Its addresses are the Eips' charge; what goes out to the internet is charged on top of the processing."""
    if inputs.text("availabilityMode", "zonal") == "zonal":
        yield Fixed("NAT gateway", "nat.hour")
    else:
        yield Fixed("NAT gateway, per zone it serves", "nat.hour", _hours(inputs, "availabilityZoneAddresses"))
    yield Usage("NAT data processed", "nat.gb", "nat_gb")
    if inputs.text("connectivityType", "public") != "private":
        yield _INTERNET


def vpc_endpoint(inputs: Inputs) -> Iterator[Item]:
    """An interface endpoint is charged once per zone; a gateway endpoint is free."""
    match inputs.text("vpcEndpointType", "Gateway"):
        case "Gateway":
            yield Fixed("gateway endpoint", "vpce.gateway")
        case "Interface":
            yield Fixed("interface endpoint, per zone", "vpce.interface.hour", _hours(inputs, "subnetIds"))
            yield Usage("interface endpoint data", "vpce.interface.gb", "endpoint_gb")
        case "GatewayLoadBalancer":
            yield Fixed("Gateway Load Balancer endpoint, per zone", "vpce.gwlb.hour", _hours(inputs, "subnetIds"))
            yield Usage("Gateway Load Balancer endpoint data", "vpce.gwlb.gb", "endpoint_gb")
        case other:
            yield Gap(f"{other} endpoint", "only gateway, interface and Gateway Load Balancer endpoints have a price")


def flow_log(inputs: Inputs) -> Iterator[Item]:
    """Delivered as vended logs."""
    if inputs.text("logDestinationType", "cloud-watch-logs") == "cloud-watch-logs":
        yield Usage("flow logs delivered", "cw.logs.vended", "flow_log_gb")
    else:
        yield Gap("flow logs", f"delivery to {inputs.text('logDestinationType')} has no price here")


def load_balancer(inputs: Inputs) -> Iterator[Item]:
    """Hours and capacity units, by the type; an internet-facing one holds a public address in each of its zones."""
    names = {"application": ("alb", "lcu_hours"), "network": ("nlb", "nlcu_hours"), "gateway": ("gwlb", "glcu_hours")}
    kind = inputs.text("loadBalancerType", "application")
    if kind not in names:
        yield Gap(f"{kind} load balancer", "only application, network and gateway load balancers have a price")
        return
    name, units = names[kind]
    yield Fixed(f"{kind} load balancer", f"{name}.hour")
    if kind != "application" and inputs.flag("enableCrossZoneLoadBalancing"):
        yield Usage("data between zones, each direction", "dt.crossaz", "cross_az_gb")
    if kind != "gateway" and not inputs.flag("internal"):
        yield from _public_addresses(inputs)
        yield _INTERNET
    yield Usage("load balancer capacity units", f"{name}.lcu", units)


def _public_addresses(inputs: Inputs) -> Iterator[Item]:
    mapped = "subnetMappings" in inputs.raw
    given = inputs.objects("subnetMappings")
    if given is not None and any(each.raw.get("allocationId") for each in given):
        return  # an Eip each, and the Eip is charged
    if inputs.text("ipAddressType") == "dualstack-without-public-ipv4":
        return
    yield Fixed("public IPv4 address, per zone", "ipv4.inuse", _hours(inputs, "subnetMappings" if mapped else "subnets"))


def classic_balancer(inputs: Inputs) -> Iterator[Item]:
    """The classic one: hours and GB, and a public address in each zone."""
    yield Fixed("classic load balancer", "clb.hour")
    yield Usage("data through the classic load balancer", "clb.gb", "clb_gb")
    if not inputs.flag("internal"):
        zones = "subnets" if "subnets" in inputs.raw else "availabilityZones"
        yield Fixed("public IPv4 address, per zone", "ipv4.inuse", _hours(inputs, zones))
        yield _INTERNET


def _hours(inputs: Inputs, name: str) -> Decimal | None:
    """A month for each entry; an empty list is one that was not filled in yet."""
    entries = inputs.items(name)
    return HOURS * len(entries) if entries else None


_POOL = "addresses of a pool of your own"
_BALANCER = (
    "internal loadBalancerType ipAddressType enableCrossZoneLoadBalancing subnets subnetMappings subnetMappings.allocationId"
)
_BALANCER_UNPRICED = {
    "minimumLoadBalancerCapacity": "reserved capacity units",
    "ipamPools": _POOL,
    "customerOwnedIpv4Pool": _POOL,
}

RULES = table(
    Priced(
        "aws:ec2/natGateway:NatGateway",
        nat_gateway,
        "availabilityMode availabilityZoneAddresses connectivityType",
    ),
    Priced(
        "aws:ec2/eip:Eip",
        plain(Fixed("public IPv4 address", "ipv4.inuse")),  # charged in use as well as idle
        "domain",
        {"publicIpv4Pool": _POOL, "customerOwnedIpv4Pool": _POOL, "ipamPoolId": _POOL},
    ),
    Priced(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        vpc_endpoint,
        "vpcEndpointType subnetIds",
        {
            "subnetConfigurations": "zones that subnetConfigurations names",
            "serviceRegion": "data to another region",
            "resourceConfigurationArn": "VPC resource endpoint",
            "serviceNetworkArn": "VPC Lattice service network endpoint",
        },
    ),
    Priced(
        "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation",
        plain(Fixed("interface endpoint, per zone", "vpce.interface.hour")),
    ),
    Priced("aws:ec2/flowLog:FlowLog", flow_log, "logDestinationType", {"destinationOptions": "Parquet conversion of flow logs"}),
    Priced("aws:lb/loadBalancer:LoadBalancer", load_balancer, _BALANCER, _BALANCER_UNPRICED),
    Priced("aws:alb/loadBalancer:LoadBalancer", load_balancer, _BALANCER, _BALANCER_UNPRICED),
    Priced("aws:elb/loadBalancer:LoadBalancer", classic_balancer, "internal subnets availabilityZones"),
)
