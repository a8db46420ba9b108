"""What an update would change: every addition, at any depth, but not what AWS had chosen by itself."""

from __future__ import annotations

from typing import Any

import pytest

from runbook_lib.rehearsal.provider import registry
from runbook_lib.rehearsal.provider.difference import Difference, difference
from runbook_lib.rehearsal.provider.properties import Comparison
from runbook_lib.rehearsal.provider.schema import type_schema
from runbook_lib.rehearsal.values import UNKNOWN

DEPLOYMENT = "aws:apigateway/deployment:Deployment"
STAGE = "aws:apigateway/stage:Stage"
METHODS = "aws:apigateway/methodSettings:MethodSettings"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FUNCTION = "aws:lambda/function:Function"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
GROUP = "aws:lb/targetGroup:TargetGroup"
INSTANCE = "aws:rds/instance:Instance"
RULES = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def between(token: str, old: dict[str, Any], new: dict[str, Any], **chosen: Any) -> Difference:
    """The difference for a type; ``chosen`` is what the outputs say beyond the old inputs."""
    resource, schema = registry.resources()[token], type_schema(token)
    assert schema is not None
    comparison = Comparison(schema.inputs, resource.sets, resource.json_properties)
    return difference(resource, comparison, old | chosen, old, new, None)


NESTED = [
    (
        FUNCTION,
        {"environment": {"variables": {"A": "1"}}},
        {"environment": {"variables": {"A": "1", "B": "2"}}},
        "environment.variables.B",
    ),
    (
        STAGE,
        {"accessLogSettings": {"destinationArn": "a"}},
        {"accessLogSettings": {"destinationArn": "a", "format": "b"}},
        "accessLogSettings.format",
    ),
    (
        METHODS,
        {"settings": {"loggingLevel": "INFO"}},
        {"settings": {"loggingLevel": "INFO", "metricsEnabled": True}},
        "settings.metricsEnabled",
    ),
    (RULES, {"rules": [{"id": "a"}]}, {"rules": [{"id": "a", "expiration": {"days": 3}}]}, "rules[0].expiration"),
    (RULES, {"rules": [{"id": "a"}]}, {"rules": [{"id": "a"}, {"id": "b"}]}, "rules[1]"),
    (GROUP, {"healthCheck": {"interval": 30}}, {"healthCheck": {"interval": 30, "path": "/health"}}, "healthCheck.path"),
    (ALARM, {"dimensions": {"A": "1"}}, {"dimensions": {"A": "1", "B": "2"}}, "dimensions.B"),
    (ALARM, {"dimensions": {"A": "1"}}, {"dimensions": {"A": "1", "B": UNKNOWN}}, "dimensions.B"),
    (INSTANCE, {}, {"multiAz": True}, "multiAz"),
]


@pytest.mark.parametrize(("token", "old", "new", "path"), NESTED, ids=[f"{token} {path}" for token, *_, path in NESTED])
def test_what_is_added_is_a_change(token: str, old: dict[str, Any], new: dict[str, Any], path: str) -> None:
    found = between(token, old, new)
    assert [(change.path, change.kind) for change in found.changes] == [(path, "add")]
    assert found.replaces == ()


def test_a_trigger_that_is_added_replaces() -> None:
    found = between(DEPLOYMENT, {"triggers": {"a": "1"}}, {"triggers": {"a": "1", "b": "2"}})
    assert found.replaces == ("triggers.b",)


CHOSEN = [
    (INSTANCE, {}, {"multiAz": False}, {"multiAz": False}),
    (INSTANCE, {}, {"vpcSecurityGroupIds": ["b", "a"]}, {"vpcSecurityGroupIds": ["a", "b"]}),
    (POLICY, {}, {"policy": '{"Version": "x"}'}, {"policy": '{ "Version":"x" }'}),
    (
        GROUP,
        {"healthCheck": {"path": "/"}},
        {"healthCheck": {"path": "/", "interval": 30}},
        {"healthCheck": {"path": "/", "interval": 30, "timeout": 5}},
    ),
]


@pytest.mark.parametrize(("token", "old", "new", "outputs"), CHOSEN, ids=["top", "set", "document", "nested"])
def test_what_the_program_now_spells_out_may_have_been_so_all_along(
    token: str, old: dict[str, Any], new: dict[str, Any], outputs: dict[str, Any]
) -> None:
    assert between(token, old, new, **outputs).changes == ()


def test_what_aws_had_chosen_otherwise_is_a_change() -> None:
    old, new = {"healthCheck": {"path": "/"}}, {"healthCheck": {"path": "/", "interval": 30}}
    found = between(GROUP, old, new, healthCheck={"path": "/", "interval": 35})
    assert [change.path for change in found.changes] == ["healthCheck.interval"]


def test_what_is_taken_away_is_a_change() -> None:
    assert [change.kind for change in between(BALANCER, {"idleTimeout": 30}, {}).changes] == ["delete"]
