"""What reading a system costs: the same number of requests for each resource it has more, and none for its neighbours.

Requests are counted, not seconds: the same number on every machine.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from runbook_lib.aws import Aws
from runbook_lib.snapshot.collect import Turn, collectors

if TYPE_CHECKING:
    from integration.mutations.deployment import Deployed

    from runbook_lib.outputs import StackOutputs

COUNT = 10
"""Resources more, of each kind, per measurement."""
KINDS = 5
PER_RESOURCE = 3
"""Requests that one resource may cost: itself, its tags, and what hangs on it."""
EXPERIMENTS = ("probe", "drill")
"""Files of collectors that send payments and wait for what they leave behind: their number is fixed."""

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]}
ALARM: dict[str, Any] = {
    "Namespace": "growth",
    "MetricName": "growth",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}


class CountingAws(Aws):
    """Counts requests by service and operation."""

    requests: Counter[str]

    def client(self, service: str) -> Any:
        made = super().client(service)
        made.meta.events.register("before-call", self._count, unique_id="growth")
        return made

    def _count(self, model: Any, **_: Any) -> None:
        self.requests[f"{model.service_model.service_name}:{model.name}"] += 1


def requests_for(deployed: Deployed, outputs: StackOutputs) -> Counter[str]:
    """What it takes to read the configuration of the system once."""
    aws = CountingAws(deployed.aws.target)
    aws.requests = Counter()
    read = [
        collector.read
        for collector in collectors().values()
        if collector.turn is Turn.SYSTEM and not any(word in collector.read.__module__ for word in EXPERIMENTS)
    ]
    assert len(read) > 15, "the system is read in many parts"
    for each in read:
        each(aws, outputs)
    return aws.requests


def add(deployed: Deployed, vpc_id: str, role_name: str, undo: ExitStack) -> list[str]:
    """Add `COUNT` of each kind that a system has many of; gives the names of the log groups and alarms."""
    ec2, iam, logs, cloudwatch = (deployed.aws.client(name) for name in ("ec2", "iam", "logs", "cloudwatch"))
    names = [f"growth-{uuid.uuid4()}" for _ in range(COUNT)]
    for name in names:
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"]
        undo.callback(ec2.delete_security_group, GroupId=group)
        table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
        undo.callback(ec2.delete_route_table, RouteTableId=table)
        policy = {"RoleName": role_name, "PolicyName": name}
        iam.put_role_policy(**policy, PolicyDocument=json.dumps(DOCUMENT))
        undo.callback(iam.delete_role_policy, **policy)
        logs.create_log_group(logGroupName=name)
        undo.callback(logs.delete_log_group, logGroupName=name)
        cloudwatch.put_metric_alarm(**ALARM, AlarmName=name)
        undo.callback(cloudwatch.delete_alarms, AlarmNames=[name])
    return names


def test_each_resource_more_costs_the_same(deployed: Deployed) -> None:
    systems = [deployed.outputs]
    with ExitStack() as undo:
        counted = [requests_for(deployed, systems[0])]
        for _ in range(2):
            names = add(deployed, deployed.outputs.vpc_id, deployed.outputs.payments_role_name, undo)
            last = systems[-1]
            named = {"log_group_names": (*last.log_group_names, *names), "alarm_names": (*last.alarm_names, *names)}
            systems.append(last.model_copy(update=named))
            counted.append(requests_for(deployed, systems[-1]))
    first, second, third = counted
    assert third - second == second - first
    assert 0 < (second - first).total() <= PER_RESOURCE * COUNT * KINDS


def test_neighbours_in_the_account_cost_nothing(deployed: Deployed) -> None:
    """Another system beside this one, with a network and a role of its own, is not read."""
    ec2, iam = deployed.aws.client("ec2"), deployed.aws.client("iam")
    before = requests_for(deployed, deployed.outputs)
    with ExitStack() as undo:
        vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
        undo.callback(ec2.delete_vpc, VpcId=vpc)
        iam.create_role(RoleName="neighbour", AssumeRolePolicyDocument=json.dumps(DOCUMENT | {"Statement": []}))
        undo.callback(iam.delete_role, RoleName="neighbour")
        add(deployed, vpc, "neighbour", undo)
        assert requests_for(deployed, deployed.outputs) == before
