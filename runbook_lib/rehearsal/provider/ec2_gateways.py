# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""EC2: the ways out of a VPC: internet gateway, elastic address, NAT gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider.base import Properties, given, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource, first
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session


@resource("aws:ec2/internetGateway:InternetGateway")
class InternetGateway(Ec2Resource):
    """The way to the internet, both ways."""

    kind = "internet-gateway"
    absent = frozenset({"InvalidInternetGatewayID.NotFound"})
    conflict = "AttachInternetGateway: Resource.AlreadyAssociated"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """The one that the VPC has: it can have no other."""
        gateways = self.client(aws).describe_internet_gateways()["InternetGateways"] if inputs.get("vpcId") else []
        held = {each["VpcId"]: str(gateway["InternetGatewayId"]) for gateway in gateways for each in gateway["Attachments"]}
        return held.get(inputs.get("vpcId", ""))

    def create(self, aws: Session, inputs: Properties) -> str:
        answer = self.client(aws).create_internet_gateway(**self.tag_specifications(inputs))
        return str(answer["InternetGateway"]["InternetGatewayId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        if "vpcId" not in changed:
            return
        self._detach(aws, id_)
        if new.get("vpcId"):
            self.client(aws).attach_internet_gateway(InternetGatewayId=id_, VpcId=new["vpcId"])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        gateway = self._describe(aws, id_)
        return {
            "arn": aws.arn("ec2", f"internet-gateway/{id_}"),
            "vpcId": next((each["VpcId"] for each in gateway.get("Attachments", ())), None),
            "ownerId": gateway.get("OwnerId", aws.account),
            "tagsAll": tag_map(gateway.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self._detach(aws, id_)
        self.client(aws).delete_internet_gateway(InternetGatewayId=id_)

    def _describe(self, aws: Session, id_: str) -> Properties:
        answer = self.client(aws).describe_internet_gateways(InternetGatewayIds=[id_])
        found: Properties = only(answer["InternetGateways"])
        return found

    def _detach(self, aws: Session, id_: str) -> None:
        for each in self._describe(aws, id_).get("Attachments", ()):
            self.client(aws).detach_internet_gateway(InternetGatewayId=id_, VpcId=each["VpcId"])


@resource("aws:ec2/eip:Eip")
class Eip(Ec2Resource):
    """A public address of one's own; what it is associated with is the associated resource's business."""

    kind = "elastic-ip"
    replace_on = frozenset({"address", "domain", "networkBorderGroup", "publicIpv4Pool"})
    absent = frozenset({"InvalidAllocationID.NotFound"})
    supports = frozenset({"domain"})

    def create(self, aws: Session, inputs: Properties) -> str:
        domain = inputs.get("domain", "vpc")
        answer = self.client(aws).allocate_address(Domain=domain, **self.tag_specifications(inputs))
        return str(answer["AllocationId"])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        address = only(self.client(aws).describe_addresses(AllocationIds=[id_])["Addresses"])
        public = address["PublicIp"]
        return {
            "allocationId": id_,
            "arn": aws.arn("ec2", f"elastic-ip/{id_}"),
            "domain": address.get("Domain", "vpc"),
            "publicIp": public,
            "publicDns": f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com",
            "tagsAll": tag_map(address.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).release_address(AllocationId=id_)


@resource("aws:ec2/natGateway:NatGateway")
class NatGateway(Ec2Resource):
    """The way out for private subnets."""

    kind = "natgateway"
    replace_on = frozenset({"allocationId", "subnetId", "connectivityType", "privateIp", "vpcId", "availabilityMode"})
    absent = frozenset({"NatGatewayNotFound"})
    supports = frozenset({"allocationId", "subnetId", "connectivityType"})

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(inputs, AllocationId="allocationId", SubnetId="subnetId", ConnectivityType="connectivityType")
        answer = self.client(aws).create_nat_gateway(**arguments, **self.tag_specifications(inputs))
        id_ = str(answer["NatGateway"]["NatGatewayId"])
        self.client(aws).get_waiter("nat_gateway_available").wait(NatGatewayIds=[id_])
        return id_

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        gateway = only(self.client(aws).describe_nat_gateways(NatGatewayIds=[id_])["NatGateways"])
        if gateway["State"] in ("deleting", "deleted"):
            return None
        # The emulator leaves the addresses out; then the allocation stays what the state says.
        address = first(gateway.get("NatGatewayAddresses") or []) or {}
        names = {"allocationId": "AllocationId", "publicIp": "PublicIp", "privateIp": "PrivateIp"}
        return {name: address[argument] for name, argument in names.items() if argument in address} | {
            "subnetId": gateway["SubnetId"],
            "connectivityType": gateway.get("ConnectivityType", "public"),
            "tagsAll": tag_map(gateway.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_nat_gateway(NatGatewayId=id_)
        self.client(aws).get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[id_])
