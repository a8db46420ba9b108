"""Whoever forgets to choose a security group is cut off, not let in."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.firewalls import Firewalls


@check(requirement=("N3",), title="The VPC's default security group is closed")
def default_security_group_closed(snapshot: Snapshot) -> Judgements:
    """It has neither ingress nor egress rules."""
    for group in snapshot.read(Firewalls).groups.values():
        if group.group_name == "default":
            rules = [str(rule) for rule in group.ingress + group.egress]
            yield judge(
                group.name,
                ok=not rules,
                good=f"Default security group {group.name} has no rules.",
                bad=f"Default security group {group.name} allows {rules}.",
                remedy="Remove its rules (deploy again; remove by hand what was added by hand).",
            )
