"""VPC endpoints: traffic to AWS that need not pay for every byte through a NAT gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

import policies

if TYPE_CHECKING:
    from context import Context
    from network import Network
    from security import SecurityGroups


@dataclass(frozen=True)
class EndpointsArgs:
    """Where the endpoints stand, and what may pass the S3 one."""

    network: Network
    security: SecurityGroups
    audit_bucket: str
    audit_writer_arn: pulumi.Input[str]


class Endpoints(pulumi.ComponentResource):
    """The S3 gateway endpoint, which is free, and by switch interface endpoints, which are not."""

    def __init__(self, name: str, context: Context, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:network:Endpoints", name, None, opts)
        self._context = context
        self._args = args
        self.s3 = self._s3()
        self.interfaces = [self._interface(service) for service in context.config.interface_endpoints]
        self.register_outputs({})

    def _service(self, service: str) -> str:
        return f"com.amazonaws.{self._context.config.region}.{service}"

    def _s3(self) -> aws.ec2.VpcEndpoint:
        args = self._args
        policy = policies.document(
            policies.allow(
                "WriteAudit",
                ["s3:PutObject"],
                [f"{self._context.bucket_arn(args.audit_bucket)}/*"],
                principal="*",  # gateway endpoints take no other; the condition names the role
                when={"ArnEquals": {"aws:PrincipalArn": args.audit_writer_arn}},
            )
        )
        return aws.ec2.VpcEndpoint(
            "s3",
            vpc_id=args.network.vpc.id,
            service_name=self._service("s3"),
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in args.network.private_route_tables],
            policy=pulumi.Output.json_dumps(policy),
            tags={"Name": self._context.names("s3-endpoint")},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _interface(self, service: str) -> aws.ec2.VpcEndpoint:
        args = self._args
        group = args.security.endpoints
        return aws.ec2.VpcEndpoint(
            service,
            vpc_id=args.network.vpc.id,
            service_name=self._service(service),
            vpc_endpoint_type="Interface",
            subnet_ids=[subnet.id for subnet in args.network.private],
            security_group_ids=[] if group is None else [group.id],
            private_dns_enabled=True,
            tags={"Name": self._context.names(f"{service}-endpoint")},
            opts=pulumi.ResourceOptions(parent=self),
        )
