"""The functions talk to the database and to HTTPS, and nobody talks to them."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.firewalls import Firewalls


@check(requirement=("N3",), title="Functions reach the database on 5432 and HTTPS, nothing else")
def lambda_group_reaches_only_database_and_https(snapshot: Snapshot) -> Judgements:
    """Only the ports count for HTTPS: it may lead to the internet, an endpoint's group or a prefix list."""
    name, database = snapshot.outputs.lambda_security_group_id, snapshot.outputs.database_security_group_id
    group = snapshot.read(Firewalls).groups.get(name)
    egress = {str(rule) for rule in group.egress} if group else set()
    needed = f"tcp 5432-5432 {database}"
    others = {rule for rule in egress if rule != needed and not rule.startswith("tcp 443-443 ")}
    yield judge(
        name,
        ok=needed in egress and any(rule != needed for rule in egress) and not others,
        good=f"{name} reaches {database} on 5432 and HTTPS only.",
        bad=f"{name} reaches {sorted(egress) or 'nothing'}; it must reach {database} on 5432 and HTTPS only.",
        remedy="Correct its egress rules (deploy again; remove by hand what was added by hand).",
    )
    yield judge(
        name,
        ok=group is not None and not group.ingress,
        good=f"{name} lets nothing in.",
        bad=f"{name} lets in {[str(rule) for rule in group.ingress] if group else 'nobody knows what: it is gone'}.",
        remedy="Remove its ingress rules: functions are invoked, not connected to.",
    )
