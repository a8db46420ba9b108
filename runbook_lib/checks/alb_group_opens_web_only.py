"""The load balancer is reached by HTTP and HTTPS, and calls nobody."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.firewalls import ANYWHERE, Firewalls

WEB_PORTS = {80, 443}


@check(requirement=("N3",), title="Internet to the load balancer on 80 and 443 only, and nothing from it")
def alb_group_opens_web_only(snapshot: Snapshot) -> Judgements:
    """Its Lambda target is called through AWS's own API, so that no egress is needed."""
    name = snapshot.outputs.alb_security_group_id
    group = snapshot.read(Firewalls).groups.get(name)
    ingress, egress = (group.ingress, group.egress) if group else ((), ())
    wrong = [
        str(rule)
        for rule in ingress
        if rule.protocol != "tcp" or rule.first_port != rule.last_port or rule.first_port not in WEB_PORTS
    ]
    opened = {rule.first_port for rule in ingress if rule.peer in ANYWHERE}
    yield judge(
        name,
        ok=not wrong and opened <= WEB_PORTS and bool(opened),
        good=f"{name} lets the internet in on ports {sorted(filter(None, opened))} only.",
        bad=f"{name} opens {wrong or 'nothing to the internet'}.",
        remedy="Remove every rule but TCP 80 and 443 (deploy again; remove by hand what was added by hand).",
    )
    yield judge(
        name,
        ok=group is not None and not egress,
        good=f"{name} lets nothing out.",
        bad=f"{name} lets out {[str(rule) for rule in egress] or 'nobody knows what: it is gone'}.",
        remedy="Remove its egress rules (deploy again; remove by hand what was added by hand).",
    )
