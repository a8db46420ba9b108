"""L1: the load balancer, with and without a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Stack

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0b8f4c1e"


def test_it_faces_the_internet_from_the_three_public_subnets(stack: Stack) -> None:
    balancer = stack.one("lb:LoadBalancer").inputs
    public = {one.id for one in stack.of("ec2:Subnet") if one.inputs["tags"]["Tier"] == "public"}
    assert set(balancer["subnets"]) == public
    assert len(public) == 3
    assert balancer["internal"] is False
    assert balancer["securityGroups"] == [stack.one("ec2:SecurityGroup", "alb").id]
    assert balancer["dropInvalidHeaderFields"] is True


def test_its_access_is_logged(stack: Stack) -> None:
    logs = stack.one("lb:LoadBalancer").inputs["accessLogs"]
    assert logs == {
        "bucket": stack.one("s3:Bucket", "access-logs").inputs["bucket"],
        "prefix": "load-balancer",
        "enabled": True,
    }


def test_the_function_is_its_target_and_is_health_checked(stack: Stack) -> None:
    group = stack.one("lb:TargetGroup")
    assert group.inputs["targetType"] == "lambda"
    assert (group.inputs["healthCheck"]["enabled"], group.inputs["healthCheck"]["path"]) == (True, "/health")
    attachment = stack.one("lb:TargetGroupAttachment").inputs
    assert attachment["targetGroupArn"] == f"{group.id}.arn"
    assert attachment["targetId"] == f"{stack.one('lambda:Function', 'payments').id}.arn"


def test_only_the_two_paths_reach_the_function(stack: Stack) -> None:
    rule = stack.one("lb:ListenerRule").inputs
    assert rule["conditions"] == [{"pathPattern": {"values": ["/payments", "/health"]}}]
    assert rule["actions"] == [{"type": "forward", "targetGroupArn": f"{stack.one('lb:TargetGroup').id}.arn"}]
    [default] = stack.one("lb:Listener").inputs["defaultActions"]
    assert (default["type"], default["fixedResponse"]["statusCode"]) == ("fixed-response", "404")


def test_without_a_certificate_http_serves(stack: Stack) -> None:
    listener = stack.one("lb:Listener")
    assert (listener.inputs["port"], listener.inputs["protocol"]) == (80, "HTTP")
    assert stack.one("lb:ListenerRule").inputs["listenerArn"] == f"{listener.id}.arn"


def test_with_a_certificate_https_serves_and_http_redirects(build: Callable[..., Stack]) -> None:
    stack = build(certificateArn=CERTIFICATE)
    http, https = stack.one("lb:Listener", "http"), stack.one("lb:Listener", "https")
    [redirect] = http.inputs["defaultActions"]
    assert redirect["redirect"] == {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}
    assert (https.inputs["port"], https.inputs["certificateArn"]) == (443, CERTIFICATE)
    assert "TLS13" in https.inputs["sslPolicy"]
    assert [one.inputs["listenerArn"] for one in stack.of("lb:ListenerRule")] == [f"{https.id}.arn"]
