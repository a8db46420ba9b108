"""Load balancing."""

from integration.provider.harness import Case, Make

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
GROUP = "aws:lb/targetGroup:TargetGroup"
REDIRECT = {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
NOT_FOUND = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}


def balancer(make: Make) -> dict:
    """What the subject is made with."""
    vpc = make.vpc()
    return {
        "name": "subject",
        "subnets": [make.subnet(vpc, 0), make.subnet(vpc, 1)],
        "securityGroups": [make.security_group(vpc)],
        "dropInvalidHeaderFields": True,
        "idleTimeout": 30,
    }


def _listener(make: Make) -> dict:
    arn = make(BALANCER, **balancer(make) | {"name": "other"})["arn"]
    return {"loadBalancerArn": arn, "port": 80, "protocol": "HTTP", "defaultActions": [NOT_FOUND]}


def _rule(make: Make) -> dict:
    listener = make("aws:lb/listener:Listener", **_listener(make))
    path = [{"pathPattern": {"values": ["/payments"]}}]
    return {"listenerArn": listener["arn"], "priority": 10, "actions": [REDIRECT], "conditions": path}


def group(make: Make) -> dict:
    """What the subject is made with."""
    check = {"path": "/health", "interval": 35, "timeout": 5, "matcher": "200"}
    return {
        "name": "subject",
        "targetType": "ip",
        "port": 80,
        "protocol": "HTTP",
        "vpcId": make.vpc(),
        "healthCheck": check,
    }


def _attachment(make: Make) -> dict:
    arn = make(GROUP, **group(make) | {"name": "other"})["arn"]
    return {"targetGroupArn": arn, "targetId": "10.20.0.10"}


CASES = [
    Case(
        BALANCER,
        balancer,
        lambda make: {
            "dropInvalidHeaderFields": False,
            "idleTimeout": 61,
            "securityGroups": [make.security_group(make.vpcs[0])],
        },
    ),
    Case(
        GROUP,
        group,
        lambda _: {"deregistrationDelay": 10, "healthCheck": {"path": "/", "interval": 40, "matcher": "200-299"}},
        added={("healthCheck", "healthyThreshold"): 4},
    ),
    Case("aws:lb/targetGroupAttachment:TargetGroupAttachment", _attachment),
    Case("aws:lb/listener:Listener", _listener, lambda _: {"port": 8080, "defaultActions": [REDIRECT]}),
    Case(
        "aws:lb/listenerRule:ListenerRule",
        _rule,
        lambda _: {"priority": 20, "actions": [NOT_FOUND], "conditions": [{"hostHeader": {"values": ["a.test"]}}]},
    ),
]
