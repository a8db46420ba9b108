"""Breaks of the VPC, its ways out and its firewalls."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from integration.mutations.live import Live, Mutation, after, reversal, swap

from runbook_lib.snapshot.ec2 import Network
from runbook_lib.snapshot.firewalls import Firewalls
from runbook_lib.snapshot.flow_logs import FlowLogs

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[], object]

EVERYWHERE = "0.0.0.0/0"
STRANGER = {"outputs_name_live_resources": "what was made by hand is not among the outputs"}


def tagged(live: Live, kind: str) -> dict[str, Any]:
    """The tags of everything the stack makes, so that what is made here breaks nothing else."""
    outputs = live.outputs
    tags = {"Environment": outputs.environment, "MigrationDate": outputs.migration_date.isoformat()}
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]}


def route_table(live: Live, subnet: str) -> str:
    """The route table of a subnet."""
    table = live.healthy.read(Network).route_table_of(subnet)
    assert table is not None
    return table.name


def two_subnets_in_one_zone(live: Live) -> Mend:
    """Put another subnet of the first zone in the place of the third."""
    ec2, outputs = live.client("ec2"), live.outputs
    first, second, _ = outputs.public_subnet_ids
    made = ec2.create_subnet(
        VpcId=outputs.vpc_id, CidrBlock="10.20.240.0/24", AvailabilityZone=outputs.availability_zones[0], **tagged(live, "subnet")
    )["Subnet"]["SubnetId"]
    table = ec2.associate_route_table(SubnetId=made, RouteTableId=route_table(live, first))["AssociationId"]
    back = live.pretend(public_subnet_ids=(first, second, made))
    return after(back, partial(ec2.disassociate_route_table, AssociationId=table), partial(ec2.delete_subnet, SubnetId=made))


def subnet_outside(live: Live) -> Mend:
    """Put a subnet into another range, as a VPC's second one allows; the emulator does not ask for that."""
    ec2, vpc = live.client("ec2"), live.outputs.vpc_id
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/24", **tagged(live, "subnet"))["Subnet"]["SubnetId"]
    return partial(ec2.delete_subnet, SubnetId=made)


def nat_of_another_zone(live: Live) -> Mend:
    """Let the first zone leave through the second one's gateway."""
    own, other, _ = ({"NatGatewayId": gateway} for gateway in live.outputs.nat_gateway_ids)
    table = route_table(live, live.outputs.private_subnet_ids[0])
    return swap(live.client("ec2").replace_route, other, own, RouteTableId=table, DestinationCidrBlock=EVERYWHERE)


def no_way_out(live: Live) -> Mend:
    """Remove the public subnets' route to the internet."""
    ec2, network = live.client("ec2"), live.healthy.read(Network)
    route = {"RouteTableId": route_table(live, live.outputs.public_subnet_ids[0]), "DestinationCidrBlock": EVERYWHERE}
    ec2.delete_route(**route)
    return partial(ec2.create_route, GatewayId=network.internet_gateway_ids[0], **route)


def nat_in_private_subnet(live: Live) -> Mend:
    """Replace the third zone's NAT gateway by one in its private subnet, which reaches nothing."""
    ec2, outputs = live.client("ec2"), live.outputs
    private, (first, second, third) = outputs.private_subnet_ids[2], outputs.nat_gateway_ids
    made = ec2.create_nat_gateway(SubnetId=private, ConnectivityType="private", **tagged(live, "natgateway"))
    gateway = made["NatGateway"]["NatGatewayId"]
    route = partial(ec2.replace_route, RouteTableId=route_table(live, private), DestinationCidrBlock=EVERYWHERE)
    route(NatGatewayId=gateway)
    back = live.pretend(nat_gateway_ids=(first, second, gateway))
    return after(back, partial(route, NatGatewayId=third), partial(ec2.delete_nat_gateway, NatGatewayId=gateway))


def endpoint(live: Live, *subnets: str) -> str:
    """Make an interface endpoint with a foot in these subnets."""
    made = live.client("ec2").create_vpc_endpoint(
        VpcId=live.outputs.vpc_id, VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{live.outputs.region}.logs",
        SubnetIds=list(subnets), **tagged(live, "vpc-endpoint"),
    )  # fmt: skip
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def endpoint_in_one_zone(live: Live) -> Mend:
    """Deploy an interface endpoint that two zones do not reach."""
    made = endpoint(live, live.outputs.private_subnet_ids[0])
    back = live.pretend(vpc_endpoint_ids=(*live.outputs.vpc_endpoint_ids, made))
    return after(back, partial(live.client("ec2").delete_vpc_endpoints, VpcEndpointIds=[made]))


def endpoint_by_hand(live: Live) -> Mend:
    """Make an endpoint that the stack knows nothing of."""
    made = endpoint(live, *live.outputs.private_subnet_ids)
    return partial(live.client("ec2").delete_vpc_endpoints, VpcEndpointIds=[made])


def s3_through_nat(live: Live) -> Mend:
    """Take a private route table off the S3 endpoint."""
    table = [route_table(live, live.outputs.private_subnet_ids[0])]
    return swap(
        live.client("ec2").modify_vpc_endpoint, {"RemoveRouteTableIds": table}, {"AddRouteTableIds": table},
        VpcEndpointId=live.outputs.vpc_endpoint_ids[0],
    )  # fmt: skip


def ingress(live: Live, group: str, port: int) -> Mend:
    """Open a port of a security group to the internet."""
    return rule(live, "ingress", group, port)


def rule(live: Live, direction: str, group: str, port: int) -> Mend:
    """Add a rule to a security group."""
    ec2 = live.client("ec2")
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": EVERYWHERE}]}
    return reversal(
        getattr(ec2, f"authorize_security_group_{direction}"), getattr(ec2, f"revoke_security_group_{direction}"),
        GroupId=group, IpPermissions=[permission],
    )  # fmt: skip


def default_group(live: Live) -> str:
    """The id of the VPC's default security group."""
    groups = live.healthy.read(Firewalls).groups.values()
    return next(group.name for group in groups if group.group_name == "default")


def acl_opened(live: Live) -> Mend:
    """Let everything through a subnet's network ACL."""
    ec2, subnet = live.client("ec2"), live.outputs.private_subnet_ids[0]
    acl = next(acl.name for acl in live.healthy.read(Firewalls).acls if subnet in acl.subnet_ids)
    entry = {"NetworkAclId": acl, "RuleNumber": 1, "Egress": False}
    ec2.create_network_acl_entry(**entry, Protocol="-1", RuleAction="allow", CidrBlock=EVERYWHERE)
    return partial(ec2.delete_network_acl_entry, **entry)


def public_addresses(live: Live) -> Mend:
    """Let a private subnet give public addresses."""
    on, off = ({"MapPublicIpOnLaunch": {"Value": value}} for value in (True, False))
    return swap(live.client("ec2").modify_subnet_attribute, on, off, SubnetId=live.outputs.private_subnet_ids[0])


def renamed(live: Live) -> Mend:
    """Call the VPC something else."""
    ec2, vpc = live.client("ec2"), live.outputs.vpc_id
    names = ([{"Key": "Name", "Value": name}] for name in ("somebodys-vpc", live.healthy.read(Network).tags["Name"]))
    bad, good = ({"Tags": tags} for tags in names)
    return swap(ec2.create_tags, bad, good, Resources=[vpc])


def flow_log_role(live: Live) -> str:
    """The name of the role that flow logs are written with."""
    raw = live.client("ec2").describe_flow_logs(FlowLogIds=[live.healthy.read(FlowLogs).of_vpc[0].name])["FlowLogs"]
    return str(raw[0]["DeliverLogsPermissionArn"]).rpartition("/")[2]


def flow_logs_that_may_not_write(live: Live) -> Mend:
    """Take one of the actions that AWS's guide names from the flow logs' role; the flow log stays ``ACTIVE``."""
    iam, role = live.client("iam"), flow_log_role(live)
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    documents = (json.dumps(policy).replace("logs:PutLogEvents", "logs:GetLogEvents"), json.dumps(policy))
    bad, good = ({"PolicyDocument": document} for document in documents)
    return swap(iam.put_role_policy, bad, good, RoleName=role, PolicyName=name)


def flow_logs_that_nobody_may_write(live: Live) -> Mend:
    """Let another account's flow logs have the role, and no longer this one's."""
    iam, role, account = live.client("iam"), flow_log_role(live), live.outputs.topic_arn.split(":")[4]
    trust = json.dumps(iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])
    bad, good = ({"PolicyDocument": document} for document in (trust.replace(account, "444455556666"), trust))
    return swap(iam.update_assume_role_policy, bad, good, RoleName=role)


ROWS = (
    Mutation(
        "vpc_spans_three_zones", (Network,), two_subnets_in_one_zone, "in ['us-east-1a', 'us-east-1a', 'us-east-1b']",
        also=STRANGER | {"alb_faces_internet": "it stands in the subnet that was replaced",
                         "nat_gateways_available": "one stands in the subnet that was replaced",
                         "network_acls_fence_subnets": "the new subnet has the VPC's default network ACL"},
    ),
    Mutation("subnets_do_not_overlap", (Network,), subnet_outside, "outside its range ['subnet-", also=STRANGER),
    Mutation("private_subnets_give_no_public_address", (Network,), public_addresses, "gives public addresses"),
    Mutation("private_subnets_use_zone_nat", (Network,), nat_of_another_zone, "NAT gateway of its own zone"),
    Mutation("public_subnets_reach_internet", (Network,), no_way_out, "routes to nothing"),
    Mutation("nat_gateways_available", (Network,), nat_in_private_subnet, "is available in subnet-", also=STRANGER),
    Mutation("vpc_endpoint_serves_s3", (Network,), s3_through_nat, "through NAT, at its price"),
    Mutation("vpc_endpoints_available", (Network,), endpoint_in_one_zone, "misses private subnets"),
    Mutation("outputs_name_live_resources", (Network,), endpoint_by_hand, "Output vpc_endpoint_ids says"),
    Mutation("resources_named", (Network,), renamed, "somebodys-vpc"),
    Mutation("flow_logs_delivered", (FlowLogs,), flow_logs_that_may_not_write, "Access error"),
    Mutation("flow_logs_delivered", (FlowLogs,), flow_logs_that_nobody_may_write, "Access error"),
    Mutation(
        "alb_group_opens_web_only", (Firewalls,),
        lambda live: ingress(live, live.outputs.alb_security_group_id, 22), "tcp 22-22",
    ),
    Mutation(
        "database_group_admits_only_lambda", (Firewalls,),
        lambda live: ingress(live, live.outputs.database_security_group_id, 5432), "tcp 5432-5432 0.0.0.0/0",
    ),
    Mutation(
        "lambda_group_reaches_only_database_and_https", (Firewalls,),
        lambda live: rule(live, "egress", live.outputs.lambda_security_group_id, 25), "tcp 25-25",
    ),
    Mutation("default_security_group_closed", (Firewalls,), lambda live: ingress(live, default_group(live), 22), "tcp 22-22"),
    Mutation("network_acls_fence_subnets", (Firewalls,), acl_opened, "which admits anything"),
)  # fmt: skip
