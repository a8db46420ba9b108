"""The plugin executable over Pulumi's protocol: what it refuses, and a resource from end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import grpc
import psutil
import pytest
from integration.provider.plugin import EXECUTABLE, Plugin, running
from processes import at_work
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2

from runbook_lib.rehearsal.provider.wire import decode
from runbook_lib.rehearsal.values import UNKNOWN, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.world import World

VPC = "aws:ec2/vpc:Vpc"


@pytest.fixture(scope="module")
def unconfigured() -> Iterator[Plugin]:
    """Started with no endpoint in its environment."""
    with running(dict(os.environ)) as plugin:
        yield plugin


@pytest.fixture(scope="module")
def plugin(world: World) -> Iterator[Plugin]:
    with running(world.environment()) as started:
        tags = {"tags": {"Environment": "test"}}
        started.configure(region="us-east-1", defaultTags=json.dumps(tags), skipCredentialsValidation="true")
        yield started


@pytest.mark.parametrize(
    "address", ["https://ec2.us-east-1.amazonaws.com", "http://10.0.0.1:4566", "http://localhost.example.com", "file:///"]
)
def test_any_other_machine_is_refused(unconfigured: Plugin, address: str) -> None:
    """In CheckConfig, and in Configure for an engine that did not ask."""
    config = {"region": "us-east-1", "endpoints": json.dumps([{"ec2": address}])}
    assert any("this machine only" in reason and address in reason for reason in unconfigured.check_config(**config))
    with pytest.raises(grpc.RpcError, match="this machine only"):
        unconfigured.configure(**config)


def test_no_endpoint_is_refused(unconfigured: Plugin) -> None:
    """Nothing configured would mean AWS itself."""
    assert any("no endpoint is configured" in reason for reason in unconfigured.check_config(region="us-east-1"))


@pytest.mark.parametrize("address", ["http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:4566"])
def test_this_machine_is_taken(unconfigured: Plugin, address: str) -> None:
    assert unconfigured.check_config(region="us-east-1", endpoints=json.dumps([{"ec2": address}])) == []


def test_a_service_without_an_endpoint_is_refused(unconfigured: Plugin) -> None:
    """Endpoints for some services only must not let the others through to AWS."""
    unconfigured.configure(region="us-east-1", endpoints=json.dumps([{"s3": "http://127.0.0.1:1"}]))
    with pytest.raises(grpc.RpcError, match="no address for ec2"):
        unconfigured.create(VPC, cidrBlock="10.0.0.0/16")


def test_account_that_is_not_allowed(world: World) -> None:
    with running(world.environment()) as plugin, pytest.raises(grpc.RpcError, match="000000000000 is not allowed"):
        plugin.configure(region="us-east-1", allowedAccountIds=json.dumps(["123456789012"]))


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"cidrBlok": "10.0.0.0/16"}, "cidrBlok", "is not a property"),
        ({"cidrBlock": ["10.0.0.0/16"]}, "cidrBlock", "must be a string"),
        ({"tags": "a"}, "tags", "must be a map"),
    ],
)
def test_inputs_that_do_not_fit(plugin: Plugin, inputs: dict, path: str, reason: str) -> None:
    assert reason in plugin.check(VPC, **inputs)[1][path]


def test_nested_and_missing_inputs(plugin: Plugin) -> None:
    """A typo below the top is found by its path."""
    _, failures = plugin.check("aws:ec2/securityGroup:SecurityGroup", ingress=[{"protocol": "tcp", "fromPrt": 1}])
    assert failures.keys() == {"ingress[0].fromPrt", "ingress[0].fromPort", "ingress[0].toPort"}
    assert plugin.check("aws:ec2/subnet:Subnet")[1] == {"vpcId": "is required"}


def test_type_that_only_the_sdk_knows(plugin: Plugin) -> None:
    """It can be checked and previewed, with a warning; making it fails with its name and the known ones."""
    token = "aws:ec2/trafficMirrorFilter:TrafficMirrorFilter"
    inputs, failures = plugin.check(token, description="a")
    assert not failures
    _, planned = plugin.create(token, preview=True, **inputs)
    assert planned["description"] == "a"
    assert planned["arn"] is UNKNOWN
    ((about, warning),) = plugin.said
    assert about.endswith(f"::{token}::subject")
    assert warning.startswith("can be previewed only")
    with pytest.raises(grpc.RpcError, match=rf"{token} subject: cannot be rehearsed.*{VPC}"):
        plugin.create(token, **inputs)


def test_type_that_nobody_knows(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError, match="aws:ec2/vcp:Vcp subject: there is no such resource type"):
        plugin.check("aws:ec2/vcp:Vcp")


def test_input_that_is_not_rehearsed(plugin: Plugin) -> None:
    """It is refused, not dropped."""
    with pytest.raises(grpc.RpcError, match="cannot be rehearsed with customerOwnedIpv4Pool"):
        plugin.create("aws:ec2/eip:Eip", customerOwnedIpv4Pool="a")


def test_unknown_function(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError, match=r"aws:ec2/getNothing:getNothing: cannot.*getVpc"):
        plugin.invoke("aws:ec2/getNothing:getNothing")


def test_resource_from_end_to_end(plugin: Plugin) -> None:
    """Secrets stay secret, default tags are applied, a replacement says so."""
    inputs, _ = plugin.check(VPC, cidrBlock=Secret("10.30.0.0/16"), enableDnsHostnames="true")
    assert inputs["enableDnsHostnames"] is True
    id_, outputs = plugin.create(VPC, **inputs)
    try:
        assert outputs["cidrBlock"] == Secret("10.30.0.0/16")
        assert outputs["tagsAll"] == {"Environment": "test"}
        same = plugin.diff(VPC, id_, outputs, inputs, inputs)
        assert same.changes == pb.DiffResponse.DIFF_NONE
        moved = plugin.diff(VPC, id_, outputs, inputs, {**inputs, "cidrBlock": "10.31.0.0/16", "tags": {"a": "b"}})
        assert list(moved.replaces) == ["cidrBlock"]
        assert moved.detailedDiff["cidrBlock"].kind == pb.PropertyDiff.UPDATE_REPLACE
        assert moved.detailedDiff["tags"].kind == pb.PropertyDiff.ADD
        assert plugin.invoke("aws:ec2/getVpc:getVpc", id=id_)["cidrBlock"] == "10.30.0.0/16"
    finally:
        plugin.delete(VPC, id_, outputs)


def test_failure_after_creation_keeps_the_resource(plugin: Plugin) -> None:
    """The error carries the id, so that Pulumi can repair or remove what is there."""
    token = "aws:ec2/networkAcl:NetworkAcl"
    vpc, outputs = plugin.create(VPC, cidrBlock="10.32.0.0/16")
    with pytest.raises(grpc.RpcError, match="knows nothing by the id") as failure:
        plugin.create(token, vpcId=vpc, subnetIds=["subnet-0"])
    status = status_pb2.Status.FromString(dict(failure.value.trailing_metadata())["grpc-status-details-bin"])
    kept = pb.ErrorResourceInitFailed()
    assert status.details[0].Unpack(kept)
    assert kept.id.startswith("acl-")
    assert decode(kept.properties)["vpcId"] == vpc
    plugin.delete(token, kept.id, decode(kept.properties))
    plugin.delete(VPC, vpc, outputs)


def test_aws_error_in_one_line(plugin: Plugin) -> None:
    line = r"aws:ec2/route:Route subject: CreateRoute: InvalidRouteTableID.NotFound: "
    with pytest.raises(grpc.RpcError, match=line):
        plugin.create("aws:ec2/route:Route", routeTableId="rtb-0", destinationCidrBlock="0.0.0.0/0", gatewayId="igw-0")


def test_plugin_ends_with_its_engine() -> None:
    """Even if the engine is killed."""
    engine = textwrap.dedent(f"""
        import subprocess, time
        plugin = subprocess.Popen([{str(EXECUTABLE)!r}], stdout=subprocess.PIPE)
        plugin.stdout.readline()
        print(plugin.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", engine], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        plugin = psutil.Process(int(process.stdout.readline()))
        process.kill()
    deadline = time.monotonic() + 30
    while at_work(plugin):
        assert time.monotonic() < deadline, "the plugin outlives its engine"
        time.sleep(0.1)
