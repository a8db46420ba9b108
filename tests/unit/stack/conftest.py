"""The program built once under a recording mock: tests read the list of resources, no `apply` and no coroutine."""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

if TYPE_CHECKING:
    from collections.abc import Callable

STACK = Path(__file__).parents[3] / "stack"
sys.path[:0] = [str(STACK), str(STACK / "functions")]

with warnings.catch_warnings():
    # Touching these modules warns of each class in them that is deprecated, whether it is used or not.
    warnings.simplefilter("ignore", DeprecationWarning)
    _ = (pulumi_aws.s3.Bucket, pulumi_aws.lambda_.Function, pulumi_aws.ec2.Vpc)

ACCOUNT = "123456789012"
ZONES = ["us-east-1c", "us-east-1a", "us-east-1d", "us-east-1b"]
BASE = {
    "aws:region": "us-east-1",
    "payments:environment": "staging",
    "payments:suffix": "t1",
    "payments:migrationDate": "2026-11-24",
    "payments:engineVersion": "14.22",
}


@dataclass(frozen=True)
class Recorded:
    """One resource as the engine would have been asked for it."""

    type: str
    name: str
    inputs: dict[str, Any]
    provider: str

    @property
    def id(self) -> str:
        return f"{self.type}::{self.name}"


SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


class RecordingMocks(Mocks):
    """Answers with ids made of type and name, so that relations can be read off the inputs."""

    def __init__(self, partition: str = "aws") -> None:
        self.recorded: list[Recorded] = []
        self.partition = partition

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        made = Recorded(args.typ, args.name, dict(args.inputs), args.provider or "")
        self.recorded.append(made)
        computed = {key: f"{made.id}.{key}" for key in ("arn", "arnSuffix", "invokeArn", "rootResourceId", "address")}
        computed |= {"masterUserSecrets": [{"secretArn": f"{made.id}.secret"}], "keyId": made.id}
        answer = {**computed, **args.inputs}
        if made.type.startswith("aws:rds/"):
            answer["port"] = 6543  # another than was asked for, as on the emulator
        return made.id, answer

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        answers = {
            "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ZONES},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
            "aws:index/getPartition:getPartition": {"partition": self.partition, "dnsSuffix": SUFFIXES[self.partition]},
        }
        return answers[args.token]


class Stack:
    """The recorded resources of one build."""

    def __init__(self, recorded: list[Recorded], outputs: dict[str, Any]) -> None:
        self.resources = recorded
        self.outputs = outputs

    @property
    def aws(self) -> list[Recorded]:
        """AWS's resources: neither components nor the provider."""
        return [found for found in self.resources if found.type.startswith("aws:")]

    def of(self, short: str) -> list[Recorded]:
        """Find resources by short type, such as `ec2:Subnet`; none at all is a broken test."""
        service, kind = short.split(":")
        found = [one for one in self.aws if one.type.startswith(f"aws:{service}/") and one.type.endswith(f":{kind}")]
        assert found, f"the stack has no {short}"
        return found

    def one(self, short: str, name: str | None = None) -> Recorded:
        """Find exactly one resource."""
        found = [one for one in self.of(short) if name is None or one.name == name]
        assert len(found) == 1, [one.name for one in found]
        return found[0]


def build_stack(partition: str = "aws", **overrides: str | None) -> Stack:
    """Run the program with the base configuration and overrides such as `natPerZone="false"` or, whole, `aws:region`."""
    # The SDK asks for the thread's current event loop, which any test before this one may have taken away.
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        return _build(overrides, partition)


def _build(overrides: dict[str, str | None], partition: str) -> Stack:
    import config
    from context import look_up
    from exports import outputs
    from provider import tagged_provider
    from system import build

    mocks = RecordingMocks(partition)
    pulumi.runtime.set_mocks(mocks, project="payments", stack="test", preview=False)
    settings = {**BASE, **{key if ":" in key else f"payments:{key}": value for key, value in overrides.items()}}
    pulumi.runtime.set_all_config({key: value for key, value in settings.items() if value is not None})
    exported: dict[str, Any] = {}

    @pulumi.runtime.test
    def run() -> pulumi.Output[Any]:
        parsed = config.load()
        provider = tagged_provider(parsed)
        system = build(look_up(parsed, provider), pulumi.ResourceOptions(provider=provider))
        return pulumi.Output.from_input(outputs(system)).apply(exported.update)

    run()
    return Stack(mocks.recorded, exported)


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The staging stack, shared by all tests that only read it."""
    return build_stack()


@pytest.fixture
def build() -> Callable[..., Stack]:
    """Build a stack of another configuration."""
    return build_stack


def statements(resource: Recorded, key: str = "policy") -> list[dict[str, Any]]:
    """Read the statements of a policy document."""
    found: list[dict[str, Any]] = json.loads(resource.inputs[key])["Statement"]
    assert found, f"{resource.id} has an empty policy"
    return found
