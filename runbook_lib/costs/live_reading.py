"""Reads what is live and costs: NAT gateways, addresses, endpoints, databases and load balancers. ``live`` judges it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import neighbours, tagged
from runbook_lib.costs.live import WATCHED, Live, Standing, judge, unread, watched
from runbook_lib.costs.regions import Regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from runbook_lib.aws import Aws
    from runbook_lib.costs.model import PlannedResource
    from runbook_lib.results import Finding

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ASSOCIATION = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
_GONE = frozenset({"deleted", "deleting", "failed", "expired", "rejected"})
_BATCH = 20  # as many load balancers as DescribeTags takes at once


def findings(
    aws: Aws, resources: Sequence[Mapping[str, Any]], standing: Iterable[PlannedResource], *, region: str, today: date
) -> list[Finding]:
    """What is live held against the stack's state.

    Args:
        aws: The target's.
        resources: The resources of an exported deployment, with ids and outputs.
        standing: The same ones as a plan has them.
        region: The stack's own.
        today: The day that is judged for.
    """
    identity = tagged.identity(tagged.default_tags(resources))
    vpcs = {str(each.get("id")) for each in resources if each["type"] == "aws:ec2/vpc:Vpc"}
    everything = list(standing)
    regions = Regions(everything, default=region)  # what is in another one is not read here
    by_urn = {each.urn: each for each in everything if watched(each.type) in WATCHED and regions.of(each) == region}
    there = [each for each in resources if not each.get("delete")]
    state = {
        name: _as_known(by_urn[each["urn"]], each, there) for each in there if each["urn"] in by_urn for name in _names(each)
    }
    known = frozenset(name for each in there for name in _names(each))

    def ours(given: Iterable[Mapping[str, str]], vpc: str = "") -> bool:
        carried = {one["Key"]: one["Value"] for one in given}
        return vpc in vpcs or (bool(identity) and identity.items() <= carried.items())

    found: dict[str, list[Live]] = {}
    problems: list[Finding] = []
    with ThreadPoolExecutor(len(_READERS) + 1) as pool:
        reading = {type_: pool.submit(_all, reader, aws, ours) for type_, reader in _READERS.items()}
        listing = pool.submit(_unknown, aws, identity, resources)
        for type_, future in reading.items():
            try:
                found[type_] = future.result()
            except (ClientError, BotoCoreError) as error:
                problems.append(unread(f"{WATCHED[type_]}s", error))
        try:
            elsewhere = listing.result()
        except (ClientError, BotoCoreError) as error:
            elsewhere = []
            problems.append(unread("resources with the stack's tags", error))
    if not identity and not vpcs:
        problems.append(neighbours.untagged())
    return [*problems, *judge(found, state, elsewhere, known=known, region=region, today=today)]


def _names(resource: Mapping[str, Any]) -> list[str]:
    """What the state knows a resource by."""
    return [str(name) for name in (resource.get("id"), (resource.get("outputs") or {}).get("arn")) if name]


def _as_known(planned: PlannedResource, resource: Mapping[str, Any], there: Sequence[Mapping[str, Any]]) -> Standing:
    """A resource of the state with what AWS decided where the program did not: a replica's engine, an endpoint's subnets."""
    outputs = dict(resource.get("outputs") or {})
    if planned.type == ENDPOINT:  # subnets may be associated with it by resources of their own
        apart = [each["inputs"].get("subnetId") for each in there if each["type"] == ASSOCIATION and _is_of(each, resource)]
        outputs["subnetIds"] = [*(outputs.get("subnetIds") or ()), *apart]
    told = {name: outputs[name] for name in READ[watched(planned.type)] if outputs.get(name) not in (None, [], "")}
    return Standing(watched(planned.type), planned.name, {**told, **planned.inputs}, planned.urn, planned.op, planned.provider)


def _is_of(association: Mapping[str, Any], endpoint: Mapping[str, Any]) -> bool:
    return bool(association["inputs"].get("vpcEndpointId") == endpoint.get("id"))


def _all(reader: Callable[[Aws, Callable[..., bool]], Iterator[Live]], aws: Aws, ours: Callable[..., bool]) -> list[Live]:
    return list(reader(aws, ours))


def _unknown(aws: Aws, identity: Mapping[str, str], resources: Sequence[Mapping[str, Any]]) -> list[str]:
    carrying = tagged.carrying(aws, identity) if identity else []
    return tagged.unclaimed(aws, carrying, resources)


def _nat_gateways(aws: Aws, ours: Callable[..., bool]) -> Iterator[Live]:
    for each in aws.pages("ec2", "describe_nat_gateways", "NatGateways"):
        if each["State"] not in _GONE:
            id_, told = each["NatGatewayId"], {"ConnectivityType": "connectivityType", "AvailabilityMode": "availabilityMode"}
            yield _live(
                "aws:ec2/natGateway:NatGateway", id_, {id_}, each, told, ours(each.get("Tags", ()), each.get("VpcId", ""))
            )


def _addresses(aws: Aws, ours: Callable[..., bool]) -> Iterator[Live]:
    for each in aws.client("ec2").describe_addresses()["Addresses"]:
        id_ = each.get("AllocationId") or each["PublicIp"]
        name = f"{id_} ({each['PublicIp']}, {'in use' if each.get('AssociationId') else 'idle'})"
        yield _live("aws:ec2/eip:Eip", name, {id_}, each, {}, ours(each.get("Tags", ())))


def _endpoints(aws: Aws, ours: Callable[..., bool]) -> Iterator[Live]:
    for each in aws.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints"):
        if each["State"].lower() not in _GONE:
            id_, told = each["VpcEndpointId"], {"VpcEndpointType": "vpcEndpointType", "SubnetIds": "subnetIds"}
            name = f"{id_} ({each['ServiceName']})"
            yield _live("aws:ec2/vpcEndpoint:VpcEndpoint", name, {id_}, each, told, ours(each.get("Tags", ()), each["VpcId"]))


_DATABASE = {
    "Engine": "engine",
    "EngineVersion": "engineVersion",
    "EngineLifecycleSupport": "engineLifecycleSupport",
    "DBInstanceClass": "instanceClass",
    "MultiAZ": "multiAz",
    "AllocatedStorage": "allocatedStorage",
    "StorageType": "storageType",
    "Iops": "iops",
    "StorageThroughput": "storageThroughput",
    "PubliclyAccessible": "publiclyAccessible",
}


def _databases(aws: Aws, ours: Callable[..., bool]) -> Iterator[Live]:
    for each in aws.pages("rds", "describe_db_instances", "DBInstances"):
        if each["DBInstanceStatus"] not in _GONE:
            name = each["DBInstanceIdentifier"]
            names = {name, each["DBInstanceArn"], each.get("DbiResourceId", name)}
            vpc = each.get("DBSubnetGroup", {}).get("VpcId", "")
            yield _live("aws:rds/instance:Instance", name, names, each, _DATABASE, ours(each.get("TagList", ()), vpc))


def _balancers(aws: Aws, ours: Callable[..., bool]) -> Iterator[Live]:
    balancers = list(aws.pages("elbv2", "describe_load_balancers", "LoadBalancers"))
    arns = [each["LoadBalancerArn"] for each in balancers]
    batches = [arns[first : first + _BATCH] for first in range(0, len(arns), _BATCH)]
    described = [aws.client("elbv2").describe_tags(ResourceArns=batch)["TagDescriptions"] for batch in batches]
    tags = {each["ResourceArn"]: each["Tags"] for batch in described for each in batch}
    for each in balancers:
        arn, told = each["LoadBalancerArn"], {"Type": "loadBalancerType", "internal": "internal", "subnets": "subnets"}
        subnets = [zone["SubnetId"] for zone in each.get("AvailabilityZones", ()) if "SubnetId" in zone]
        facts = {**each, "internal": each.get("Scheme") == "internal", **({"subnets": subnets} if subnets else {})}
        mine = ours(tags.get(arn, ()), each.get("VpcId", ""))
        yield _live("aws:lb/loadBalancer:LoadBalancer", each["LoadBalancerName"], {arn}, facts, told, mine)


READ: dict[str, tuple[str, ...]] = {
    "aws:ec2/natGateway:NatGateway": ("connectivityType", "availabilityMode"),
    "aws:ec2/eip:Eip": (),
    ENDPOINT: ("vpcEndpointType", "subnetIds"),
    "aws:rds/instance:Instance": tuple(_DATABASE.values()),
    "aws:lb/loadBalancer:LoadBalancer": ("loadBalancerType", "internal", "subnets"),
}
"""By type of ``WATCHED`` the properties that are read live."""
_READERS: dict[str, Callable[[Aws, Callable[..., bool]], Iterator[Live]]] = {
    "aws:ec2/natGateway:NatGateway": _nat_gateways,
    "aws:ec2/eip:Eip": _addresses,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoints,
    "aws:rds/instance:Instance": _databases,
    "aws:lb/loadBalancer:LoadBalancer": _balancers,
}


def _live(type_: str, name: str, names: set[str], facts: Mapping[str, Any], told: Mapping[str, str], ours: bool) -> Live:  # noqa: FBT001
    inputs = {ours_: facts[theirs] for theirs, ours_ in told.items() if facts.get(theirs) is not None}
    return Live(type_, name, frozenset(names), inputs, ours)
