"""The VPC: three zones, a public and a private subnet in each, and the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from cidr import plan_subnets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network

    from context import Context

ANYWHERE = "0.0.0.0/0"


class Network(pulumi.ComponentResource):
    """VPC, subnets, internet gateway, NAT gateways and routes."""

    def __init__(self, name: str, context: Context, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:network:Network", name, None, opts)
        self._context = context
        self._child = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(
            "vpc",
            cidr_block=str(context.config.vpc_cidr),
            enable_dns_hostnames=True,  # private DNS of interface endpoints needs both
            enable_dns_support=True,
            tags={"Name": context.names("vpc")},
            opts=self._child,
        )
        # Without a rule it takes and sends nothing: whoever forgets to choose a security group is cut off.
        aws.ec2.DefaultSecurityGroup(
            "closed", vpc_id=self.vpc.id, tags={"Name": context.names("default-closed")}, opts=self._child
        )
        self.gateway = aws.ec2.InternetGateway(
            "internet", vpc_id=self.vpc.id, tags={"Name": context.names("internet")}, opts=self._child
        )
        plan = plan_subnets(context.config.vpc_cidr)
        self.public = self._subnets("public", plan.public)
        self.private = self._subnets("private", plan.private)
        self._route_public()
        self.nat_gateways = self._nat_gateways()
        self.private_route_tables = self._route_private()
        self.register_outputs({"vpc_id": self.vpc.id})

    def _subnets(self, kind: str, ranges: Sequence[IPv4Network]) -> list[aws.ec2.Subnet]:
        # Public subnets hand out no public address by themselves: only NAT gateways and the load balancer have one.
        return [
            aws.ec2.Subnet(
                f"{kind}-{index}",
                vpc_id=self.vpc.id,
                cidr_block=str(block),
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags={"Name": self._context.names(f"{kind}-{index}"), "Tier": kind},
                opts=self._child,
            )
            for index, (zone, block) in enumerate(zip(self._context.zones, ranges, strict=True), start=1)
        ]

    def _route_public(self) -> None:
        table = self._route_table("public")
        aws.ec2.Route(
            "public",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=self.gateway.id,
            opts=self._child,
        )
        for index, subnet in enumerate(self.public, start=1):
            self._associate(f"public-{index}", subnet, table)

    def _nat_gateways(self) -> list[aws.ec2.NatGateway]:
        """One per zone, so that a zone's failure stays in it; or one for all, at a third of the price."""
        homes = self.public if self._context.config.nat_per_zone else self.public[:1]
        gateways = []
        for index, subnet in enumerate(homes, start=1):
            address = aws.ec2.Eip(
                f"nat-{index}", domain="vpc", tags={"Name": self._context.names(f"nat-{index}")}, opts=self._child
            )
            gateway = aws.ec2.NatGateway(
                f"nat-{index}",
                allocation_id=address.id,
                subnet_id=subnet.id,
                tags={"Name": self._context.names(f"nat-{index}")},
                # AWS refuses a NAT gateway in a VPC whose internet gateway is not attached yet.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[self.gateway]),
            )
            gateways.append(gateway)
        return gateways

    def _route_private(self) -> list[aws.ec2.RouteTable]:
        tables = []
        for index, subnet in enumerate(self.private, start=1):
            table = self._route_table(f"private-{index}")
            aws.ec2.Route(
                f"private-{index}",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=self.nat_gateways[(index - 1) % len(self.nat_gateways)].id,
                opts=self._child,
            )
            self._associate(f"private-{index}", subnet, table)
            tables.append(table)
        return tables

    def _route_table(self, name: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            name, vpc_id=self.vpc.id, tags={"Name": self._context.names(f"{name}-routes")}, opts=self._child
        )

    def _associate(self, name: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable) -> None:
        aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=self._child)
