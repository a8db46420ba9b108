"""What only production is asked for: HTTPS with a certificate that can be used there, and somebody who hears of alarms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.gates.healthy_plan import CONTEXT, LISTENER, operation, with_inputs, with_operation, without

from runbook_lib.gates.registry import GATES, GateContext
from runbook_lib.plan import COMPUTED, Operation, Plan
from runbook_lib.results import Status

ACCOUNT, ELSEWHERE = "444455556666", "111122223333"
PRODUCTION = replace(CONTEXT, environment="production", account=ACCOUNT, region="us-east-1")
HTTPS = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
TOPIC, SUBSCRIPTION = "aws:sns/topic:Topic", "aws:sns/topicSubscription:TopicSubscription"
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"


def verdict(gate: str, plan: Plan, context: GateContext = PRODUCTION) -> Status:
    """The worst that one gate says."""
    found = {finding.status for finding in GATES.rules()[gate].findings(plan, context)}
    return next(status for status in (Status.FAIL, Status.UNKNOWN, Status.PASS) if status in found)


def listener(**inputs: Any) -> Plan:
    return with_inputs("web", **inputs)


def certificate(account: str = ACCOUNT, region: str = "us-east-1") -> Plan:
    return listener(protocol="HTTPS", certificateArn=f"arn:aws:acm:{region}:{account}:certificate/1")


def classic(**inputs: Any) -> Plan:
    return with_operation(operation(CLASSIC, "old", inputs))


TLS = [
    ("plain", listener(), Status.FAIL),
    ("a fixed answer", listener(defaultActions=[{"type": "fixed-response"}]), Status.FAIL),
    ("a redirect", listener(defaultActions=[HTTPS]), Status.PASS),
    ("a redirect to HTTP", listener(defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTP"}}]), Status.FAIL),
    ("a redirect for some", listener(defaultActions=[{"type": "forward"}, HTTPS]), Status.FAIL),
    ("nothing known of it", listener(defaultActions=COMPUTED), Status.FAIL),
    ("no certificate", listener(protocol="HTTPS"), Status.FAIL),
    ("a certificate of the account", certificate(), Status.PASS),
    ("another account's", certificate(ELSEWHERE), Status.FAIL),
    ("another region's", certificate(region="eu-central-1"), Status.FAIL),
    ("one that is made with it", listener(protocol="HTTPS", certificateArn=COMPUTED), Status.PASS),
    ("TCP", listener(protocol="TCP"), Status.FAIL),
    ("an internal one", with_inputs("front", internal=True), Status.PASS),
    ("nobody knows whose", Plan(operations=(*without("web").operations, operation("aws:lb/listener:Listener", "web", {
        **LISTENER, "loadBalancerArn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/other/1"}))), Status.FAIL),
    ("an old balancer", classic(listeners=[{"lbProtocol": "http"}]), Status.FAIL),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "expected"), [row[1:] for row in TLS], ids=[row[0] for row in TLS])
def test_the_internet_is_served_by_https_in_production(plan: Plan, expected: Status) -> None:
    assert verdict("load_balancers_speak_tls", plan) is expected


def test_a_certificate_that_cannot_be_used_is_refused_everywhere() -> None:
    assert verdict("load_balancers_speak_tls", certificate(ELSEWHERE), replace(PRODUCTION, environment="staging")) is Status.FAIL
    assert verdict("load_balancers_speak_tls", listener(protocol="HTTPS"), CONTEXT) is Status.FAIL


def test_a_plan_without_listeners_has_nothing_open() -> None:
    assert verdict("load_balancers_speak_tls", without("web")) is Status.PASS
    assert verdict("load_balancers_speak_tls", Plan(operations=())) is Status.FAIL


def test_what_is_protected_is_production_whatever_its_name() -> None:
    protected = replace(CONTEXT, environment="live", protected=True)
    for gate in ("load_balancers_speak_tls", "alarms_reach_somebody"):
        assert verdict(gate, with_operation(), protected) is Status.FAIL
        assert verdict(gate, with_operation(), replace(protected, protected=False)) is Status.PASS


def test_staging_and_internal_balancers_may_speak_http() -> None:
    assert verdict("load_balancers_speak_tls", listener(), CONTEXT) is Status.PASS
    assert verdict("load_balancers_speak_tls", certificate(ELSEWHERE), replace(PRODUCTION, rehearsal=True)) is Status.PASS
    internal = replace_certificate(classic(listeners=[{"lbProtocol": "http"}], internal=True))
    assert verdict("load_balancers_speak_tls", internal) is Status.PASS


def replace_certificate(plan: Plan) -> Plan:
    """The plan, its listener served by HTTPS."""
    secure = next(op for op in certificate().operations if op.name == "web")
    return Plan(operations=tuple(secure if op.name == "web" else op for op in plan.operations))


def subscriber(endpoint: str = "oncall@payments.bank", topic: str = COMPUTED) -> Operation:
    return operation(SUBSCRIPTION, "email", {"topic": topic, "protocol": "email", "endpoint": endpoint})


SECOND = operation(TOPIC, "orders", {"name": "orders-staging-demo"})
ARN = "arn:aws:sns:us-east-1:444455556666:alarms"
TOLD = operation("aws:cloudwatch/metricAlarm:MetricAlarm", "told", {"alarmActions": [ARN]})
REACHED = [
    ("nobody", with_operation(), Status.FAIL),
    ("somebody", with_operation(subscriber()), Status.PASS),
    ("a reserved address", with_operation(subscriber("oncall@example.com")), Status.FAIL),
    ("a reserved domain", with_operation(subscriber("oncall@mail.example")), Status.FAIL),
    ("a reserved address beside another", with_operation(subscriber("a@example.com"), subscriber()), Status.PASS),
    ("a lookalike", with_operation(subscriber("oncall@notexample.com")), Status.PASS),
    ("one of two topics", with_operation(SECOND, subscriber()), Status.UNKNOWN),
    ("another topic", with_operation(subscriber(topic="arn:aws:sns:us-east-1:444455556666:orders")), Status.FAIL),
    ("the right of two", with_operation(SECOND, TOLD, subscriber(topic=ARN)), Status.PASS),
    ("an alarm without action", with_inputs("cpu", alarmActions=[]), Status.FAIL),
    ("an alarm that is switched off", with_inputs("cpu", actionsEnabled=False), Status.FAIL),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "expected"), [row[1:] for row in REACHED], ids=[row[0] for row in REACHED])
def test_somebody_hears_of_production(plan: Plan, expected: Status) -> None:
    assert verdict("alarms_reach_somebody", plan) is expected


def test_staging_asks_for_no_subscriber_and_a_rehearsal_for_no_real_one() -> None:
    assert verdict("alarms_reach_somebody", with_operation(), CONTEXT) is Status.PASS
    assert verdict("alarms_reach_somebody", with_inputs("cpu", alarmActions=None), CONTEXT) is Status.FAIL
    example = with_operation(subscriber("oncall@example.com"))
    assert verdict("alarms_reach_somebody", example, replace(PRODUCTION, rehearsal=True)) is Status.PASS
