"""The network: VPC, subnets, routes, NAT gateways and endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Subnet(Tagged):
    """A subnet, named by its id."""

    zone: str
    cidr: IPv4Network
    gives_public_addresses: bool


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route: where to, and through what (a gateway's id; ``local`` inside the VPC)."""

    destination: str
    target: str


@dataclass(frozen=True, kw_only=True)
class RouteTable(Tagged):
    """A route table, named by its id, with the subnets it is explicitly associated with."""

    subnet_ids: tuple[str, ...]
    routes: tuple[Route, ...]

    def default_target(self) -> str:
        """What traffic to the internet goes through; empty if nothing."""
        return next((route.target for route in self.routes if route.destination == "0.0.0.0/0"), "")


@dataclass(frozen=True, kw_only=True)
class NatGateway(Tagged):
    """A NAT gateway, named by its id."""

    subnet_id: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Endpoint(Tagged):
    """A VPC endpoint, named by its id; ``service`` is the last word of AWS's service name, e.g. ``s3``."""

    service: str
    kind: str
    state: str
    route_table_ids: tuple[str, ...]
    subnet_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Network(Tagged):
    """The VPC, named by its id, and what lies in it."""

    cidr: IPv4Network
    region_zones: tuple[str, ...]
    """Availability zones that the region offers this account now."""
    subnets: Mapping[str, Subnet]
    route_tables: tuple[RouteTable, ...]
    nat_gateways: Mapping[str, NatGateway]
    internet_gateway_ids: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]

    def route_table_of(self, subnet_id: str) -> RouteTable | None:
        """The route table explicitly associated with a subnet."""
        return next((table for table in self.route_tables if subnet_id in table.subnet_ids), None)


@collects(Network)
def network(aws: Aws, outputs: StackOutputs) -> Network:
    """Read the VPC named by the outputs."""
    inside = {"Filters": [{"Name": "vpc-id", "Values": [outputs.vpc_id]}]}
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs(VpcIds=[outputs.vpc_id])["Vpcs"][0]
    zones = ec2.describe_availability_zones(Filters=[{"Name": "state", "Values": ["available"]}])
    gateways = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [outputs.vpc_id]}])
    return Network(
        name=vpc["VpcId"],
        tags=by_key(vpc["Tags"]),
        cidr=IPv4Network(vpc["CidrBlock"]),
        region_zones=tuple(zone["ZoneName"] for zone in zones["AvailabilityZones"]),
        subnets={s["SubnetId"]: _subnet(s) for s in aws.pages("ec2", "describe_subnets", "Subnets", **inside)},
        route_tables=tuple(_table(t) for t in aws.pages("ec2", "describe_route_tables", "RouteTables", **inside)),
        nat_gateways={n["NatGatewayId"]: _nat(n) for n in _live_nats(aws, inside)},
        internet_gateway_ids=tuple(gateway["InternetGatewayId"] for gateway in gateways["InternetGateways"]),
        endpoints=tuple(_endpoint(e) for e in aws.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", **inside)),
    )


def _live_nats(aws: Aws, inside: dict[str, Any]) -> list[dict[str, Any]]:
    # EC2 goes on listing a deleted NAT gateway for about an hour.
    found = aws.pages("ec2", "describe_nat_gateways", "NatGateways", **inside)
    return [gateway for gateway in found if gateway["State"] not in ("deleting", "deleted")]


def _subnet(raw: dict[str, Any]) -> Subnet:
    return Subnet(
        name=raw["SubnetId"],
        tags=by_key(raw.get("Tags")),
        zone=raw["AvailabilityZone"],
        cidr=IPv4Network(raw["CidrBlock"]),
        gives_public_addresses=raw["MapPublicIpOnLaunch"],
    )


def _table(raw: dict[str, Any]) -> RouteTable:
    targets = ("NatGatewayId", "GatewayId", "TransitGatewayId", "NetworkInterfaceId")
    associations = raw.get("Associations", ())
    return RouteTable(
        name=raw["RouteTableId"],
        tags=by_key(raw.get("Tags")),
        made_by_aws=any(association.get("Main") for association in associations),
        subnet_ids=tuple(a["SubnetId"] for a in associations if a.get("SubnetId")),
        routes=tuple(
            Route(
                destination=route.get("DestinationCidrBlock") or route.get("DestinationPrefixListId", ""),
                target=next((route[key] for key in targets if route.get(key)), ""),
            )
            for route in raw["Routes"]
        ),
    )


def _nat(raw: dict[str, Any]) -> NatGateway:
    return NatGateway(name=raw["NatGatewayId"], tags=by_key(raw.get("Tags")), subnet_id=raw["SubnetId"], state=raw["State"])


def _endpoint(raw: dict[str, Any]) -> Endpoint:
    return Endpoint(
        name=raw["VpcEndpointId"],
        tags=by_key(raw.get("Tags")),
        service=raw["ServiceName"].rsplit(".", 1)[-1],
        kind=raw["VpcEndpointType"],
        state=raw["State"],
        route_table_ids=tuple(raw.get("RouteTableIds", ())),
        subnet_ids=tuple(raw.get("SubnetIds", ())),
    )
