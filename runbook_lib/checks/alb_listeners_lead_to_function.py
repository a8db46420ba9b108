"""Each way in leads to the payments function: by HTTPS where there is a certificate, which HTTP then redirects to."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.elbv2 import Listener, LoadBalancer

HTTP, HTTPS = 80, 443


@check(requirement=("L1",), title="HTTPS with a redirect when there is a certificate, HTTP otherwise")
def alb_listeners_lead_to_function(snapshot: Snapshot) -> Judgements:
    """Without a certificate, which staging may lack, port 80 is the only listener."""
    balancer, target = snapshot.read(LoadBalancer), snapshot.outputs.target_group_arn
    listeners = {listener.port: listener for listener in balancer.listeners}
    secure = listeners.get(HTTPS)
    for port in sorted({HTTP, *listeners}):
        listener = listeners.get(port)
        yield judge(
            f"{balancer.name}:{port}",
            ok=listener is not None and (_redirects(listener) if port == HTTP and secure else _serves(listener, target)),
            good=f"{balancer.name} serves port {port} as it should.",
            bad=f"{balancer.name} does not {'redirect' if port == HTTP and secure else 'serve the function on'} {port}.",
            remedy="Correct the listener (deploy again).",
        )


def _redirects(listener: Listener) -> bool:
    return listener.action == "redirect" and listener.redirects_to == "HTTPS" and not listener.forwards_to


def _serves(listener: Listener, target: str) -> bool:
    if listener.forwards_to != (target,):
        return False
    if listener.port == HTTPS:
        return bool(listener.certificate_arns) and listener.tls_policy.startswith("ELBSecurityPolicy-TLS13")
    return listener.port == HTTP
