"""Malformed headers, by which requests are smuggled past a proxy, are dropped."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.elbv2 import LoadBalancer

ATTRIBUTE = "routing.http.drop_invalid_header_fields.enabled"


@check(requirement=("L1",), title="The load balancer drops invalid headers")
def alb_drops_invalid_headers(snapshot: Snapshot) -> Judgements:
    """The attribute is off unless set."""
    balancer = snapshot.read(LoadBalancer)
    value = balancer.attributes.get(ATTRIBUTE, "not set")
    yield judge(
        balancer.name,
        ok=value == "true",
        good=f"{balancer.name} drops invalid headers.",
        bad=f"{balancer.name} passes invalid headers on ({ATTRIBUTE} is {value}).",
        remedy="Set dropInvalidHeaderFields (deploy again).",
    )
