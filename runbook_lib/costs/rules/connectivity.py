"""Transit gateways, VPN, Direct Connect, resolver endpoints, accelerators and firewalls."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATTACHMENT = Fixed("transit gateway attachment", "tgw.attachment")
_TRANSIT_GB = Usage("data through the transit gateway", "tgw.gb", "tgw_gb")


def vpn(inputs: Inputs) -> Iterator[Item]:
    """Hours of the connection; on a transit gateway its attachment as well."""
    yield Fixed("VPN connection", "vpn.hour")
    if inputs.text("transitGatewayId"):
        yield _ATTACHMENT
        yield _TRANSIT_GB
    if inputs.text("presharedKeyStorage") == "SecretsManager":
        yield Fixed("secret of the VPN connection", "secrets.month", Decimal(1))
    yield Gap("public IPv4 addresses of the tunnels", "whether they are charged is not known here")
    if inputs.flag("enableAcceleration"):
        yield Gap("VPN acceleration", "its two accelerators and their traffic have no price here")
    if inputs.text("tunnelBandwidth", "standard") != "standard":
        yield Gap("VPN tunnels of larger bandwidth", "they have no price here")
    yield Usage("data out to the internet", "dt.internet", "internet_gb")


def port(inputs: Inputs) -> Iterator[Item]:
    """Port hours by the bandwidth; what goes out depends on the place."""
    bandwidth = inputs.text("bandwidth")
    # The price list's capacity is 1G where the resource's bandwidth is 1Gbps.
    yield Fixed(f"Direct Connect port, {bandwidth}", f"dx.port.{bandwidth.removesuffix('bps')}")
    yield Gap("data out over Direct Connect", "its price depends on the location, and has none here")


def resolver(inputs: Inputs) -> Iterator[Item]:
    """Every address is a network interface that is charged by the hour."""
    addresses = inputs.items("ipAddresses")
    yield Fixed("resolver endpoint, per address", "r53.resolver.hour", HOURS * len(addresses) if addresses else None)
    yield Usage("DNS queries through the resolver", "r53.resolver.queries", "resolver_queries")


def accelerator(_: Inputs) -> Iterator[Item]:
    """A fee by the hour, and a premium on what is transferred."""
    yield Fixed("accelerator", "ga.hour")
    yield Gap("public IPv4 addresses of the accelerator", "whether they are charged is not known here")
    yield Gap("accelerator's transfer premium", "its price depends on both ends, and has none here")


def firewall(inputs: Inputs) -> Iterator[Item]:
    """An endpoint in every zone, and what it looks at."""
    zones = inputs.items("subnetMappings") or inputs.items("availabilityZoneMappings")
    yield Fixed("firewall endpoint, per zone", "nfw.hour", HOURS * len(zones) if zones else None)
    yield Usage("data through the firewall", "nfw.gb", "firewall_gb")


RULES = table(
    Priced("aws:ec2transitgateway/vpcAttachment:VpcAttachment", plain(_ATTACHMENT, _TRANSIT_GB)),
    Priced("aws:ec2transitgateway/peeringAttachment:PeeringAttachment", plain(_ATTACHMENT), "peerRegion"),
    Priced(
        "aws:ec2/vpnConnection:VpnConnection",
        vpn,
        "transitGatewayId enableAcceleration tunnelBandwidth presharedKeyStorage",
        {
            "vpnConcentratorId": "the concentrator",
            "tunnel1LogOptions": "logs of a tunnel",
            "tunnel2LogOptions": "logs of a tunnel",
        },
    ),
    Priced(
        "aws:ec2clientvpn/endpoint:Endpoint",
        plain(Usage("Client VPN connections", "clientvpn.connection", "vpn_connection_hours")),
        "",
        {"transitGatewayConfiguration": "attachment to a transit gateway"},
    ),
    Priced(
        "aws:ec2clientvpn/networkAssociation:NetworkAssociation",
        plain(Fixed("Client VPN association", "clientvpn.association")),
    ),
    Priced("aws:directconnect/connection:Connection", port, "bandwidth location"),
    Priced(
        "aws:route53/resolverEndpoint:ResolverEndpoint",
        resolver,
        "ipAddresses",
        {"rniEnhancedMetricsEnabled": "enhanced metrics", "targetNameServerMetricsEnabled": "metrics of target name servers"},
    ),
    Priced("aws:globalaccelerator/accelerator:Accelerator", accelerator, "enabled"),
    Priced(
        "aws:networkfirewall/firewall:Firewall",
        firewall,
        "subnetMappings availabilityZoneMappings",
        {"transitGatewayId": "attachment to a transit gateway", "enabledAnalysisTypes": "traffic analysis"},
    ),
    Priced(
        "aws:ec2/trafficMirrorSession:TrafficMirrorSession",
        plain(Fixed("traffic mirroring, per interface", "mirror.hour", HOURS * Decimal(1))),
    ),
)
