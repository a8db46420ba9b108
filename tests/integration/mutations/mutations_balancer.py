"""Breaks of the load balancer."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from integration.mutations.live import Live, Mutation, swap

from runbook_lib.snapshot.elbv2 import LoadBalancer, TargetGroup
from runbook_lib.snapshot.probe_payment import BalancerTrial

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[], object]


def attribute(live: Live, key: str, bad: str, good: str) -> Mend:
    """Set an attribute of the load balancer."""
    values = ({"Attributes": [{"Key": key, "Value": value}]} for value in (bad, good))
    return swap(live.client("elbv2").modify_load_balancer_attributes, *values, LoadBalancerArn=live.outputs.alb_arn)


def two_zones(live: Live) -> Mend:
    """Leave one zone."""
    every = list(live.outputs.public_subnet_ids)
    bad, good = ({"Subnets": subnets} for subnets in (every[:2], every))
    return swap(live.client("elbv2").set_subnets, bad, good, LoadBalancerArn=live.outputs.alb_arn)


def fixed(status: str, body: dict[str, Any]) -> dict[str, Any]:
    """An answer of the load balancer's own."""
    answer = {"StatusCode": status, "ContentType": "application/json", "MessageBody": json.dumps(body)}
    return {"Type": "fixed-response", "FixedResponseConfig": answer}


def answered(live: Live, path: str, status: str) -> Mend:
    """Answer a path in the function's place."""
    elb = live.client("elbv2")
    [listener] = live.healthy.read(LoadBalancer).listeners
    made = elb.create_rule(
        ListenerArn=listener.name, Priority=5, Conditions=[{"Field": "path-pattern", "Values": [path]}],
        Actions=[fixed(status, {"status": "ok"})],
    )  # fmt: skip
    return partial(elb.delete_rule, RuleArn=made["Rules"][0]["RuleArn"])


def side_door(live: Live) -> Mend:
    """Listen on another port."""
    elb, outputs = live.client("elbv2"), live.outputs
    tags = {"Environment": outputs.environment, "MigrationDate": outputs.migration_date.isoformat()}
    made = elb.create_listener(
        LoadBalancerArn=outputs.alb_arn, Protocol="HTTP", Port=8080, DefaultActions=[fixed("200", {})],
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )  # fmt: skip
    return partial(elb.delete_listener, ListenerArn=made["Listeners"][0]["ListenerArn"])


def health_elsewhere(live: Live) -> Mend:
    """Check the target's health where nothing answers."""
    bad, good = ({"HealthCheckPath": path} for path in ("/ping", "/health"))
    return swap(live.client("elbv2").modify_target_group, bad, good, TargetGroupArn=live.outputs.target_group_arn)


ROWS = (
    Mutation(
        "alb_deletion_fits_environment", (LoadBalancer,),
        lambda live: attribute(live, "deletion_protection.enabled", "true", "false"), "deletion_protection.enabled = true",
    ),
    Mutation(
        "alb_drops_invalid_headers", (LoadBalancer,),
        lambda live: attribute(live, "routing.http.drop_invalid_header_fields.enabled", "false", "true"),
        "passes invalid headers on",
    ),
    Mutation(
        "alb_logs_access", (LoadBalancer,),
        lambda live: attribute(live, "access_logs.s3.enabled", "false", "true"), "writes access logs: false",
    ),
    Mutation("alb_faces_internet", (LoadBalancer,), two_zones, "internet-facing in ['subnet-"),
    Mutation("alb_listeners_lead_to_function", (LoadBalancer,), side_door, "does not serve the function on 8080"),
    Mutation("alb_target_healthy", (TargetGroup,), health_elsewhere, "(/ping)"),
    Mutation(
        "alb_health_answered_by_function", (BalancerTrial, LoadBalancer),
        lambda live: answered(live, "/health", "200"), "answered GET /health with 200, correlation id missing",
    ),
    Mutation(
        "alb_serves_payments", (BalancerTrial, LoadBalancer),
        lambda live: answered(live, "/payments", "503"), "answered a valid payment with 503",
    ),
)  # fmt: skip
