"""Only the functions reach the database."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.firewalls import Firewalls


@check(requirement=("N3",), title="The database is reached by the functions only")
def database_group_admits_only_lambda(snapshot: Snapshot) -> Judgements:
    """One ingress rule, from the functions' group to 5432; no egress, as the database calls nobody."""
    name, source = snapshot.outputs.database_security_group_id, snapshot.outputs.lambda_security_group_id
    group = snapshot.read(Firewalls).groups.get(name)
    admitted = [str(rule) for rule in group.ingress] if group else []
    let_out = [str(rule) for rule in group.egress] if group else []
    yield judge(
        name,
        ok=admitted == [f"tcp 5432-5432 {source}"] and not let_out,
        good=f"{name} admits {source} on 5432 and nobody else.",
        bad=f"{name} admits {admitted or 'nobody'} and lets out {let_out or 'nothing'}.",
        remedy=f"Leave one ingress rule, TCP 5432 from {source} (deploy again; remove by hand what was added by hand).",
    )
