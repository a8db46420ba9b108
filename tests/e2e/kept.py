"""A rehearsal that is kept, and how to look at it from outside."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from e2e.conftest import Runbook

from runbook_lib import operations
from runbook_lib.rehearsal import action_hooks
from runbook_lib.rehearsal import world as worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from runbook_lib.run import Run

MINE = "staging-demo"
"""What every name of the stack ends in."""


@dataclass(frozen=True)
class Kept:
    """What `runbook rehearse --keep` left."""

    runbook: Runbook
    printed: str
    run: Run
    actions: Path
    """What the operator asked the emulator for (``action_hooks``)."""

    def client(self, service: str) -> Any:
        """An independent client, not the runbook's own."""
        return boto3.client(
            service,
            endpoint_url=self.run.facts.target.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    @contextlib.contextmanager
    def inside(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The environment in which this process reaches the kept world."""
        monkeypatch.setenv("RUNBOOK_OUTPUTS", str(self.runbook.outputs))
        world = operations.kept_world()
        assert world is not None
        with operations.rehearsing(world, self.runbook.outputs / ".rehearsal" / operations.KEPT):
            yield

    def inventory(self) -> dict[str, list[str]]:
        """What is there of the stack, by service, as its own API lists it; keys that AWS will delete do not count."""
        mine = [{"Name": "tag:Project", "Values": ["payments"]}]
        listings = {
            "vpc": self.client("ec2").describe_vpcs(Filters=mine)["Vpcs"],
            "addresses": self.client("ec2").describe_addresses()["Addresses"],
            "rds": self.client("rds").describe_db_instances()["DBInstances"],
            "roles": [role for role in self.client("iam").list_roles()["Roles"] if MINE in role["RoleName"]],
            "buckets": self.client("s3").list_buckets()["Buckets"],
            "functions": self.client("lambda").list_functions()["Functions"],
            "apis": self.client("apigateway").get_rest_apis()["items"],
            "balancers": self.client("elbv2").describe_load_balancers()["LoadBalancers"],
            "alarms": self.client("cloudwatch").describe_alarms()["MetricAlarms"],
            "groups": self.client("logs").describe_log_groups()["logGroups"],
            "topics": self.client("sns").list_topics()["Topics"],
            "secrets": self.client("secretsmanager").list_secrets()["SecretList"],
            "aliases": [alias for alias in self.client("kms").list_aliases()["Aliases"] if MINE in alias["AliasName"]],
        }
        # By name: what a log group has stored, for one, goes on changing.
        return {service: sorted(_name(item) for item in found) for service, found in listings.items()}


NAMES = (
    "VpcId", "AllocationId", "DBInstanceIdentifier", "RoleName", "FunctionName", "LoadBalancerArn", "AlarmName", "logGroupName",
    "TopicArn", "AliasName", "ARN", "Name", "id",
)  # fmt: skip
"""What AWS's lists call what they list, the one that tells first."""


def _name(item: dict[str, Any]) -> str:
    return next(str(item[key]) for key in NAMES if key in item)


@contextlib.contextmanager
def rehearsal(outputs: Path) -> Iterator[Kept]:
    """Rehearse and keep it; afterwards it is ended, if a test has not done so."""
    outputs.mkdir()
    runbook = Runbook(outputs)
    actions = outputs.parent / "actions"
    code, printed = runbook("rehearse", "--keep", **{action_hooks.VARIABLE: str(actions)})
    assert code == 0, printed
    try:
        yield Kept(runbook, printed, runbook.run(), actions)
    finally:
        runbook("teardown")
        # A teardown that fails keeps it, for the user to look at.
        if left := worlds.attach(outputs / ".rehearsal" / operations.KEPT / worlds.STATE):
            left.stop()
