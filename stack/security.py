"""Security groups by relation: each rule names who talks to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from network import ANYWHERE
from network_acls import HTTP, HTTPS, POSTGRESQL

if TYPE_CHECKING:
    from context import Context
    from network import Network


class SecurityGroups(pulumi.ComponentResource):
    """Internet → load balancer; functions → database and HTTPS; nothing else.

    The load balancer calls its Lambda target through AWS's own API, not through the VPC: it gets no egress rule.
    """

    def __init__(self, name: str, context: Context, network: Network, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:network:SecurityGroups", name, None, opts)
        self._context = context
        self._network = network
        self._child = pulumi.ResourceOptions(parent=self)
        self.load_balancer = self._group("alb", "Load balancer: the internet by HTTP and HTTPS")
        self.function = self._group("lambda", "Functions: out to the database and to AWS by HTTPS")
        self.database = self._group("database", "Database: only the functions")
        self._from_internet("http", HTTP)
        self._from_internet("https", HTTPS)
        self._between(self.function, self.database, "database", POSTGRESQL)
        aws.vpc.SecurityGroupEgressRule(
            "lambda-https",
            security_group_id=self.function.id,
            description="AWS APIs, through NAT or an endpoint",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=ANYWHERE,
            opts=self._child,
        )
        self.endpoints: aws.ec2.SecurityGroup | None = None
        if context.config.interface_endpoints:
            self.endpoints = self._group("endpoints", "Interface endpoints: only the functions")
            self._ingress("endpoints-from-lambda", self.endpoints, self.function, HTTPS)
        self.register_outputs({})

    def _group(self, name: str, description: str) -> aws.ec2.SecurityGroup:
        full = self._context.names(f"{name}-sg")
        return aws.ec2.SecurityGroup(
            name,
            name=full,
            description=description,
            vpc_id=self._network.vpc.id,
            revoke_rules_on_delete=True,  # groups that refer to each other could not be deleted otherwise
            tags={"Name": full},
            opts=self._child,
        )

    def _from_internet(self, name: str, port: int) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"alb-{name}",
            security_group_id=self.load_balancer.id,
            description=f"Clients by {name.upper()}",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=ANYWHERE,
            opts=self._child,
        )

    def _between(self, source: aws.ec2.SecurityGroup, target: aws.ec2.SecurityGroup, name: str, port: int) -> None:
        """Open a port from one group to another, on both sides."""
        aws.vpc.SecurityGroupEgressRule(
            f"lambda-{name}",
            security_group_id=source.id,
            description=f"To the {name}",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=target.id,
            opts=self._child,
        )
        self._ingress(f"{name}-from-lambda", target, source, port)

    def _ingress(self, name: str, target: aws.ec2.SecurityGroup, source: aws.ec2.SecurityGroup, port: int) -> None:
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=target.id,
            description="From the functions",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=source.id,
            opts=self._child,
        )
