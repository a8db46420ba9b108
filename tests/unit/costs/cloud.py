"""What AWS tells of what is live, in its own shapes; imported by tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unit.steps.stand_in import FakeAws

if TYPE_CHECKING:
    from collections.abc import Iterator

IDENTITY = {"Environment": "staging", "Project": "payments", "Suffix": "a1"}
PROVIDER = {
    "urn": "urn:pulumi:staging::payments::pulumi:providers:aws::aws",
    "type": "pulumi:providers:aws",
    "id": "id",
    "inputs": {"region": "us-east-1", "defaultTags": {"tags": {**IDENTITY, "ManagedBy": "pulumi"}}},
}
TAGS = [{"Key": key, "Value": value} for key, value in IDENTITY.items()]
_LISTS = {
    "describe_nat_gateways": "nat_gateways",
    "describe_vpc_endpoints": "endpoints",
    "describe_db_instances": "databases",
    "describe_load_balancers": "balancers",
    "get_resources": "tagged",
}


class Cloud(FakeAws):
    """An account that holds what it is given; a list that is an error is raised."""

    def __init__(self, **lists: Any) -> None:
        super().__init__(ec2=self, elbv2=self)
        self.lists = lists

    def of(self, name: str) -> list[dict[str, Any]]:
        """One list."""
        found = self.lists.get(name, [])
        if isinstance(found, Exception):
            raise found
        return list(found)

    def pages(self, *names: str, **_filters: Any) -> Iterator[dict[str, Any]]:
        """The items of a paginated operation."""
        yield from self.of(_LISTS[names[1]])

    def describe_addresses(self) -> dict[str, Any]:
        """The Elastic IPs."""
        return {"Addresses": self.of("addresses")}

    def describe_tags(self, *, ResourceArns: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """The tags of load balancers: the stack's."""
        return {"TagDescriptions": [{"ResourceArn": arn, "Tags": TAGS} for arn in ResourceArns]}


def nat(name: str, state: str = "available", tags: list[dict[str, str]] = TAGS) -> dict[str, Any]:
    """A NAT gateway."""
    return {"NatGatewayId": name, "State": state, "VpcId": "vpc-0", "ConnectivityType": "public", "Tags": tags}


def address(name: str, tags: list[dict[str, str]] = TAGS) -> dict[str, Any]:
    """An Elastic IP that nothing uses."""
    return {"AllocationId": name, "PublicIp": "192.0.2.7", "Domain": "vpc", "Tags": tags}


def endpoint(name: str, kind: str, subnets: list[str], state: str = "available") -> dict[str, Any]:
    """A VPC endpoint."""
    service = "com.amazonaws.us-east-1.s3"
    return {
        "VpcEndpointId": name, "VpcEndpointType": kind, "SubnetIds": subnets, "ServiceName": service,
        "VpcId": "vpc-0", "State": state, "Tags": TAGS,
    }  # fmt: skip


def database(name: str, **told: Any) -> dict[str, Any]:
    """A database; what it is beyond its name is told."""
    arn = f"arn:aws:rds:us-east-1:111122223333:db:{name}"
    return {"DBInstanceIdentifier": name, "DBInstanceArn": arn, "DBInstanceStatus": "available", "TagList": TAGS, **told}


def balancer(arn: str, zones: int) -> dict[str, Any]:
    """A load balancer that faces the internet."""
    return {
        "LoadBalancerArn": arn, "LoadBalancerName": "lb", "Type": "application", "Scheme": "internet-facing",
        "VpcId": "vpc-0", "AvailabilityZones": [{"SubnetId": f"subnet-{n}"} for n in range(zones)],
    }  # fmt: skip
