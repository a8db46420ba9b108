"""N1, N2, N4: zones, subnets, routes and endpoints."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from .conftest import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Recorded, Stack


def routes_of(stack: Stack, subnet: Recorded) -> list[Recorded]:
    """Follow a subnet's association to the routes of its table."""
    [association] = [one for one in stack.of("ec2:RouteTableAssociation") if one.inputs["subnetId"] == subnet.id]
    return [one for one in stack.of("ec2:Route") if one.inputs["routeTableId"] == association.inputs["routeTableId"]]


def tier(stack: Stack, name: str) -> list[Recorded]:
    return [one for one in stack.of("ec2:Subnet") if one.inputs["tags"]["Tier"] == name]


@pytest.mark.parametrize("name", ["public", "private"])
def test_each_tier_has_one_subnet_in_each_of_three_looked_up_zones(stack: Stack, name: str) -> None:
    zones = [one.inputs["availabilityZone"] for one in tier(stack, name)]
    assert sorted(zones) == ["us-east-1a", "us-east-1b", "us-east-1c"]


def test_subnets_lie_in_the_vpc_and_do_not_overlap(stack: Stack) -> None:
    vpc = stack.one("ec2:Vpc")
    blocks = [IPv4Network(one.inputs["cidrBlock"]) for one in stack.of("ec2:Subnet")]
    assert all(block.subnet_of(IPv4Network(vpc.inputs["cidrBlock"])) for block in blocks)
    assert not [pair for pair in combinations(blocks, 2) if pair[0].overlaps(pair[1])]
    assert {one.inputs["vpcId"] for one in stack.of("ec2:Subnet")} == {vpc.id}


def test_public_subnets_go_out_by_the_internet_gateway(stack: Stack) -> None:
    gateway = stack.one("ec2:InternetGateway").id
    assert [[one.inputs["gatewayId"] for one in routes_of(stack, subnet)] for subnet in tier(stack, "public")] == [[gateway]] * 3


def test_each_private_subnet_goes_out_by_the_nat_gateway_of_its_own_zone(stack: Stack) -> None:
    zone_of_subnet = {one.id: one.inputs["availabilityZone"] for one in stack.of("ec2:Subnet")}
    zone_of_nat = {one.id: zone_of_subnet[one.inputs["subnetId"]] for one in stack.of("ec2:NatGateway")}
    for subnet in tier(stack, "private"):
        [route] = routes_of(stack, subnet)
        assert zone_of_nat[route.inputs["natGatewayId"]] == subnet.inputs["availabilityZone"]
        assert "gatewayId" not in route.inputs


def test_nat_gateways_stand_in_public_subnets(stack: Stack) -> None:
    public = {one.id for one in tier(stack, "public")}
    assert {one.inputs["subnetId"] for one in stack.of("ec2:NatGateway")} <= public


def test_a_cheap_environment_has_one_nat_gateway_and_still_three_zones(build: Callable[..., Stack]) -> None:
    stack = build(natPerZone="false")
    [nat] = stack.of("ec2:NatGateway")
    ways_out = {route.inputs["natGatewayId"] for subnet in tier(stack, "private") for route in routes_of(stack, subnet)}
    assert ways_out == {nat.id}
    assert len(stack.of("ec2:Eip")) == 1
    assert len(stack.of("ec2:Subnet")) == 6


def test_the_s3_endpoint_lets_only_the_payments_role_put_audit_objects(stack: Stack) -> None:
    endpoint = stack.one("ec2:VpcEndpoint")
    [statement] = json.loads(endpoint.inputs["policy"])["Statement"]
    assert statement["Action"] == ["s3:PutObject"]
    assert statement["Resource"] == [f"arn:aws:s3:::payments-audit-{ACCOUNT}-staging-t1/*"]
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": "aws:iam/role:Role::payments-function.arn"}}
    private = {one.id for one in stack.of("ec2:RouteTable") if one.name.startswith("private")}
    assert set(endpoint.inputs["routeTableIds"]) == private


def test_interface_endpoints_come_by_switch_and_take_only_the_functions(build: Callable[..., Stack]) -> None:
    stack = build(interfaceEndpoints='["secretsmanager", "logs"]')
    interfaces = [one for one in stack.of("ec2:VpcEndpoint") if one.inputs["vpcEndpointType"] == "Interface"]
    assert sorted(one.inputs["serviceName"] for one in interfaces) == [
        "com.amazonaws.us-east-1.logs",
        "com.amazonaws.us-east-1.secretsmanager",
    ]
    group = stack.one("ec2:SecurityGroup", "endpoints").id
    assert all(one.inputs["securityGroupIds"] == [group] for one in interfaces)
    [rule] = [one for one in stack.of("vpc:SecurityGroupIngressRule") if one.inputs["securityGroupId"] == group]
    assert rule.inputs["referencedSecurityGroupId"] == stack.one("ec2:SecurityGroup", "lambda").id


def test_all_traffic_of_the_vpc_is_logged(stack: Stack) -> None:
    flow = stack.one("ec2:FlowLog")
    assert (flow.inputs["vpcId"], flow.inputs["trafficType"]) == (stack.one("ec2:Vpc").id, "ALL")
    assert flow.inputs["logDestination"] == f"{stack.one('cloudwatch:LogGroup', 'flow-logs').id}.arn"
