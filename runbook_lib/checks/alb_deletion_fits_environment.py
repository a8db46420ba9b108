"""Production's load balancer is protected from deletion; every other can be torn down."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.outputs import is_production
from runbook_lib.snapshot.elbv2 import LoadBalancer


@check(requirement=("T2",), title="The load balancer can be deleted, except in production")
def alb_deletion_fits_environment(snapshot: Snapshot) -> Judgements:
    """Deletion protection is an attribute of the load balancer and off unless set."""
    balancer, environment = snapshot.read(LoadBalancer), snapshot.outputs.environment
    protected = balancer.attributes.get("deletion_protection.enabled")
    yield judge(
        balancer.name,
        ok=protected == str(is_production(environment)).lower(),
        good=f"{balancer.name} has deletion_protection.enabled = {protected}, as {environment} needs.",
        bad=f"{balancer.name} has deletion_protection.enabled = {protected}, which is wrong for {environment}.",
        remedy="Set payments:protected to true in production and to false elsewhere, and deploy again.",
    )
