# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""EC2: subnets."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider.base import Properties, given, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource, ids_filter
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

ATTRIBUTES = {
    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
    "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
    "enableDns64": "EnableDns64",
}


@resource("aws:ec2/subnet:Subnet")
class Subnet(Ec2Resource):
    """A range of addresses in one availability zone."""

    kind = "subnet"
    replace_on = frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"})
    absent = frozenset({"InvalidSubnetID.NotFound"})
    conflict = "CreateSubnet: InvalidSubnet.Conflict"
    supports = frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", *ATTRIBUTES})

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One whose addresses overlap."""
        if not inputs.get("cidrBlock"):
            return None
        wanted = ip_network(inputs["cidrBlock"], strict=False)
        subnets = self.client(aws).describe_subnets(Filters=ids_filter("vpc-id", inputs["vpcId"]))["Subnets"]
        overlaps = (str(each["SubnetId"]) for each in subnets if wanted.overlaps(ip_network(each["CidrBlock"])))
        return next(overlaps, None)

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(
            inputs,
            VpcId="vpcId",
            CidrBlock="cidrBlock",
            AvailabilityZone="availabilityZone",
            AvailabilityZoneId="availabilityZoneId",
        )
        answer = self.client(aws).create_subnet(**arguments, **self.tag_specifications(inputs))
        return str(answer["Subnet"]["SubnetId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        for name, argument in ATTRIBUTES.items():
            if name in changed:
                self.client(aws).modify_subnet_attribute(SubnetId=id_, **{argument: {"Value": new.get(name, False)}})

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        subnet = only(self.client(aws).describe_subnets(SubnetIds=[id_])["Subnets"])
        return {name: subnet[argument] for name, argument in ATTRIBUTES.items() if argument in subnet} | {
            "arn": aws.arn("ec2", f"subnet/{id_}"),
            "vpcId": subnet["VpcId"],
            "cidrBlock": subnet["CidrBlock"],
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet.get("AvailabilityZoneId"),
            "ownerId": subnet.get("OwnerId", aws.account),
            "tagsAll": tag_map(subnet.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_subnet(SubnetId=id_)
