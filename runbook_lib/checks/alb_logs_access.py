"""The load balancer writes its access logs to the stack's bucket."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.elbv2 import LoadBalancer


@check(requirement=("L1",), title="The load balancer logs every access")
def alb_logs_access(snapshot: Snapshot) -> Judgements:
    """To the bucket that the outputs name."""
    balancer, bucket = snapshot.read(LoadBalancer), snapshot.outputs.access_log_bucket_name
    enabled = balancer.attributes.get("access_logs.s3.enabled")
    target = balancer.attributes.get("access_logs.s3.bucket")
    yield judge(
        balancer.name,
        ok=enabled == "true" and target == bucket,
        good=f"{balancer.name} writes its access logs to {bucket}.",
        bad=f"{balancer.name} writes access logs: {enabled or 'not set'}, to {target or 'no bucket'}.",
        remedy=f"Set its access logs to {bucket} (deploy again).",
    )
