"""EC2: the VPC itself."""
# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider.base import Properties, given, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource, first
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

ATTRIBUTES = {
    "enableDnsSupport": "EnableDnsSupport",
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}


@resource("aws:ec2/vpc:Vpc")
class Vpc(Ec2Resource):
    """A virtual network."""

    kind = "vpc"
    replace_on = frozenset({"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"})
    absent = frozenset({"InvalidVpcID.NotFound"})
    supports = frozenset({"cidrBlock", "instanceTenancy", "assignGeneratedIpv6CidrBlock", *ATTRIBUTES})

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(
            inputs,
            CidrBlock="cidrBlock",
            InstanceTenancy="instanceTenancy",
            AmazonProvidedIpv6CidrBlock="assignGeneratedIpv6CidrBlock",
        )
        answer = self.client(aws).create_vpc(**arguments, **self.tag_specifications(inputs))
        return str(answer["Vpc"]["VpcId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        for name, argument in ATTRIBUTES.items():
            if name in changed:
                # Left out means pulumi-aws's default again: DNS support on, everything else off.
                value = new.get(name, name == "enableDnsSupport")
                self.client(aws).modify_vpc_attribute(VpcId=id_, **{argument: {"Value": value}})

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        self.configure(aws, id_, new, changed)
        if "instanceTenancy" in changed:
            self.client(aws).modify_vpc_tenancy(VpcId=id_, InstanceTenancy=new.get("instanceTenancy", "default"))

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        ec2 = self.client(aws)
        vpc = only(ec2.describe_vpcs(VpcIds=[id_])["Vpcs"])
        here = [{"Name": "vpc-id", "Values": [id_]}]
        tables = ec2.describe_route_tables(Filters=[*here, {"Name": "association.main", "Values": ["true"]}])
        acls = ec2.describe_network_acls(Filters=[*here, {"Name": "default", "Values": ["true"]}])
        groups = ec2.describe_security_groups(Filters=[*here, {"Name": "group-name", "Values": ["default"]}])
        main = (first(tables["RouteTables"]) or {}).get("RouteTableId")
        attributes = {
            name: ec2.describe_vpc_attribute(VpcId=id_, Attribute=name)[argument]["Value"]
            for name, argument in ATTRIBUTES.items()
        }
        return attributes | {
            "arn": aws.arn("ec2", f"vpc/{id_}"),
            "cidrBlock": vpc["CidrBlock"],
            "instanceTenancy": vpc["InstanceTenancy"],
            "dhcpOptionsId": vpc["DhcpOptionsId"],
            "ownerId": vpc.get("OwnerId", aws.account),
            "mainRouteTableId": main,
            "defaultRouteTableId": main,
            "defaultNetworkAclId": (first(acls["NetworkAcls"]) or {}).get("NetworkAclId"),
            "defaultSecurityGroupId": (first(groups["SecurityGroups"]) or {}).get("GroupId"),
            "tagsAll": tag_map(vpc.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_vpc(VpcId=id_)
