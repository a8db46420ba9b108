"""What costs and is not in the plan is named, never taken for a default; nor is a size that is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from unit.costs.planned import make, price

from runbook_lib import costs
from runbook_lib.plan import COMPUTED
from runbook_lib.signatures import SECRET, SIGNATURE

HIDDEN = {SIGNATURE: SECRET, "value": "[secret]"}
DATABASE = {
    "engine": "postgres", "engineVersion": "17.9", "instanceClass": "db.t3.medium", "multiAz": True, "allocatedStorage": 400,
    "storageType": "gp3",
}  # fmt: skip


@pytest.mark.parametrize("hidden", [COMPUTED, HIDDEN], ids=["computed", "secret"])
@pytest.mark.parametrize(
    ("token", "inputs", "named"),
    [
        ("rds/instance:Instance", {**DATABASE, "iops": ...}, "iops"),
        ("rds/instance:Instance", {**DATABASE, "storageThroughput": ...}, "storageThroughput"),
        ("rds/instance:Instance", {**DATABASE, "performanceInsightsRetentionPeriod": ...}, "performanceInsightsRetentionPeriod"),
        ("lambda/function:Function", {"architectures": ...}, "architectures"),
        ("lambda/function:Function", {"ephemeralStorage": ...}, "ephemeralStorage"),
        ("lambda/function:Function", {"ephemeralStorage": {"size": ...}}, "ephemeralStorage.size"),
        ("lambda/function:Function", {"tracingConfig": ...}, "tracingConfig"),
        ("dynamodb/table:Table", {"billingMode": ..., "readCapacity": 5, "writeCapacity": 5}, "billingMode"),
        ("dynamodb/table:Table", {"billingMode": "PAY_PER_REQUEST", "pointInTimeRecovery": ...}, "pointInTimeRecovery"),
        ("opensearch/domain:Domain", {"clusterConfig": ...}, "clusterConfig"),
        ("kinesis/stream:Stream", {"streamModeDetails": ..., "shardCount": 2}, "streamModeDetails"),
        ("ec2/instance:Instance", {"instanceType": "t3.micro", "rootBlockDevice": ...}, "rootBlockDevice"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_the_plan_does_not_show_leaves_the_estimate_open(
    token: str, inputs: dict[str, Any], named: str, hidden: Any
) -> None:
    def filled(value: Any) -> Any:
        return {k: filled(v) for k, v in value.items()} if isinstance(value, dict) else hidden if value is ... else value

    estimate = price(make(token, **filled(inputs)))
    assert not estimate.complete
    assert any(f"property {named}" == each.what for each in estimate.unpriced), [each.what for each in estimate.unpriced]


def test_ids_in_a_list_are_counted_though_they_are_not_known() -> None:
    """Three subnets that the same plan makes are three zones."""
    known = price(make("lb/loadBalancer:LoadBalancer", subnets=["a", "b", "c"]))
    assert price(make("lb/loadBalancer:LoadBalancer", subnets=[COMPUTED] * 3)).fixed == known.fixed
    assert not price(make("lb/loadBalancer:LoadBalancer", subnets=COMPUTED)).complete


@pytest.mark.parametrize("size", [-100, "NaN", "Infinity", "many"])
def test_a_size_that_is_none_is_not_priced(size: Any) -> None:
    estimate = price(make("ebs/volume:Volume", size=size, type="gp3"))
    assert (estimate.fixed, estimate.complete) == (0, False)


@pytest.mark.parametrize(("launch", "open_"), [({}, True), ({"launchType": COMPUTED}, True), ({"launchType": "EC2"}, False)])
def test_a_service_runs_where_its_cluster_says(launch: dict[str, Any], *, open_: bool) -> None:
    estimate = price(make("ecs/service:Service", desiredCount=10, **launch))
    assert estimate.complete is not open_


def test_the_charges_that_differ_add_up() -> None:
    """Two disks of one instance share their price; two that are alike share their words as well."""

    def machine(root: int, *disks: int) -> costs.Estimate:
        block = {"rootBlockDevice": {"volumeSize": root, "volumeType": "gp3"}}
        data = [{"deviceName": f"/dev/sd{n}", "volumeSize": size, "volumeType": "gp3"} for n, size in enumerate(disks)]
        return price(make("ec2/instance:Instance", instanceType="t3.micro", **block, ebsBlockDevices=data))

    before, after = machine(30, 100, 200), machine(3000, 100, 500)
    found = costs.diff(before, after)
    assert found.delta == after.fixed - before.fixed > Decimal(200)
    assert sum((each.delta for each in found.changes), Decimal(0)) == found.delta
    assert len(found.changes) == 2
