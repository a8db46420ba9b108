"""What is live and costs is held against the state: what is not in it, and what costs otherwise than it says."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from unit.costs.cloud import PROVIDER, Cloud, address, balancer, database, endpoint, nat
from unit.costs.planned import DATABASE, TODAY

from runbook_lib.costs import live_reading
from runbook_lib.plan import deployed
from runbook_lib.results import Finding, Status, verdict

NAT, EIP, RDS = "aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip", "aws:rds/instance:Instance"
ENDPOINT, BALANCER = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:lb/loadBalancer:LoadBalancer"
SAME = {
    "Engine": "postgres", "EngineVersion": "14.24", "DBInstanceClass": "db.t3.medium", "MultiAZ": True,
    "AllocatedStorage": 20, "StorageType": "gp3", "Iops": 3000, "StorageThroughput": 125, "PubliclyAccessible": False,
}  # fmt: skip
"""What RDS tells of ``DATABASE``; its IOPS are the ones that gp3 has anyway."""


def stands(type_: str, id_: str, **inputs: Any) -> dict[str, Any]:
    """A resource of the state."""
    urn = f"urn:pulumi:staging::payments::{type_}::{id_}"
    return {"urn": urn, "type": type_, "id": id_, "provider": f"{PROVIDER['urn']}::id", "inputs": inputs, "outputs": {}}


def judged(cloud: Cloud, *state: dict[str, Any], provider: dict[str, Any] = PROVIDER) -> list[Finding]:
    """What is said of an account beside a state."""
    resources = [provider, *state]
    return live_reading.findings(cloud, resources, deployed(resources).operations, region="us-east-1", today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lists", "resource", "said"),
    [
        ({"addresses": [address("eipalloc-2")]}, "eipalloc-2 (192.0.2.7, idle)", "$3.65 a month more"),
        ({"nat_gateways": [nat("nat-2")]}, "nat-2", "$32.85 a month more"),
        ({"endpoints": [endpoint("vpce-2", "Interface", ["a", "b"])]}, "vpce-2 (com.amazonaws.us-east-1.s3)", "$14.60"),
        ({"databases": [database("db-2", **SAME)]}, "db-2", "$110.45 a month more"),
        ({"databases": [database("db-3", Engine="oracle-ee")]}, "db-3", "not known (database, engine oracle-ee)"),
        ({"balancers": [balancer("arn:lb", 3)]}, "lb", "$27.38 a month more"),
        ({"tagged": [{"ResourceARN": "arn:aws:sqs:us-east-1:1:queue"}]}, "arn:aws:sqs:us-east-1:1:queue", "is not known"),
    ],
)  # fmt: skip
def test_what_the_state_does_not_know_is_named_with_its_cost(lists: dict[str, Any], resource: str, said: str) -> None:
    (found,) = judged(Cloud(**lists))
    assert (found.status, found.resource, said in found.message) == (Status.FAIL, resource, True), found


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"DBInstanceClass": "db.t3.large"}, "instanceClass is db.t3.large, db.t3.medium in the state"),
        ({"MultiAZ": False}, "(multiAz is False, True in the state): $55.59 a month less"),
        ({"AllocatedStorage": 120}, "$23.00 a month more"),
        (
            {"DBInstanceClass": "db.x9.huge"},
            "not known (PostgreSQL db.x9.huge, Multi-AZ); what has a price is $5.00 a month; $110.85 in the state",
        ),
    ],
)
def test_a_database_that_was_changed_by_hand_is_named(told: dict[str, Any], said: str) -> None:
    state = stands(RDS, "db", **DATABASE)
    assert verdict(judged(Cloud(databases=[database("db", **SAME)]), state)) is Status.PASS
    (found,) = judged(Cloud(databases=[database("db", **{**SAME, **told})]), state)
    assert (found.status, said in found.message) == (Status.FAIL, True), found.message


def test_an_endpoint_in_a_further_zone_is_named() -> None:
    state = stands(ENDPOINT, "vpce-1", vpcEndpointType="Interface", subnetIds=["a"])
    (found,) = judged(Cloud(endpoints=[endpoint("vpce-1", "Interface", ["a", "b"])]), state)
    assert (found.status, "$7.30 a month more" in found.message) == (Status.FAIL, True), found.message


@pytest.mark.parametrize("token", ["aws:rds/clusterInstance:ClusterInstance", "aws:docdb/clusterInstance:ClusterInstance"])
def test_a_cluster_s_members_are_known_by_their_own_types(token: str) -> None:
    """RDS lists them all among its databases."""
    state = stands(token, "member", instanceClass="db.r6g.large", clusterIdentifier="c")
    assert verdict(judged(Cloud(databases=[database("member", Engine="docdb")]), state)) is Status.PASS
    assert verdict(judged(Cloud(databases=[database("stray", Engine="docdb")]), state)) is Status.FAIL


@pytest.mark.parametrize("token", ["aws:alb/loadBalancer:LoadBalancer", "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer"])
def test_an_older_token_is_the_same_type(token: str) -> None:
    state = stands(token, "arn:lb", internal=False, subnets=["0", "1", "2"])
    assert verdict(judged(Cloud(balancers=[balancer("arn:lb", 3)]), state)) is Status.PASS
    assert verdict(judged(Cloud(balancers=[balancer("arn:lb", 4)]), state)) is Status.FAIL
    assert verdict(judged(Cloud(), state)) is Status.FAIL


def test_what_aws_decided_and_the_state_knows_is_no_difference() -> None:
    """A replica has its source's engine, and a database without a storage type AWS's default."""
    inputs = {name: value for name, value in DATABASE.items() if name not in {"engine", "engineVersion", "storageType"}}
    state = stands(RDS, "db", **inputs, replicateSourceDb="source")
    state["outputs"] = {"engine": "postgres", "engineVersion": "14.24", "storageType": "gp3", "iops": 3000}
    assert verdict(judged(Cloud(databases=[database("db", **SAME)]), state)) is Status.PASS
    changed = {**SAME, "StorageType": "gp2"}
    (found,) = judged(Cloud(databases=[database("db", **changed)]), state)
    assert (found.status, "storageType is gp2, gp3 in the state" in found.message) == (Status.FAIL, True), found.message


def test_subnets_that_are_associated_apart_belong_to_the_endpoint() -> None:
    apart = [
        stands("aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation", f"a{n}", vpcEndpointId="vpce-1", subnetId=n)
        for n in "ab"
    ]
    state = stands(ENDPOINT, "vpce-1", vpcEndpointType="Interface")
    assert verdict(judged(Cloud(endpoints=[endpoint("vpce-1", "Interface", ["a", "b"])]), state, *apart)) is Status.PASS
    assert verdict(judged(Cloud(endpoints=[endpoint("vpce-1", "Interface", ["a", "b"])]), state, *apart[:1])) is Status.FAIL


def test_what_is_gone_is_not_what_was_priced() -> None:
    state = stands(NAT, "nat-1", connectivityType="public")
    for gateways in ([], [nat("nat-1", "deleted")]):
        (found,) = judged(Cloud(nat_gateways=gateways), state)
        assert (found.status, "nothing live is it" in found.message) == (Status.FAIL, True), found.message


def test_what_is_another_stacks_or_free_or_in_another_region_is_left_alone() -> None:
    theirs = [{"Key": "Environment", "Value": "production"}]
    cloud = Cloud(addresses=[address("eipalloc-9", theirs)], nat_gateways=[nat("nat-9", tags=theirs)])
    assert verdict(judged(cloud, stands(NAT, "nat-of-elsewhere", region="eu-west-1"))) is Status.PASS


def test_what_is_in_the_stacks_network_is_its_own_without_any_tag() -> None:
    (found,) = judged(Cloud(nat_gateways=[nat("nat-9", tags=[])]), stands("aws:ec2/vpc:Vpc", "vpc-0"))
    assert (found.status, found.resource) == (Status.FAIL, "nat-9")


@pytest.mark.parametrize("what", ["addresses", "nat_gateways", "endpoints", "databases", "balancers", "tagged"])
def test_what_aws_does_not_tell_is_unknown(what: str) -> None:
    denied = ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}, "Describe")
    assert verdict(judged(Cloud(**{what: denied}))) is Status.UNKNOWN


def test_a_stack_that_nothing_tells_apart_does_not_pass() -> None:
    assert verdict(judged(Cloud(), provider={**PROVIDER, "inputs": {}})) is Status.FAIL
