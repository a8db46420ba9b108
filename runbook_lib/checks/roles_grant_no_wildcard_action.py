"""No role may do everything, or everything in one service."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.iam import Roles


@check(requirement=("A2",), title="No role is granted a wildcard action")
def roles_grant_no_wildcard_action(snapshot: Snapshot) -> Judgements:
    """``s3:*`` and ``s3:Get*`` grow by themselves when AWS adds actions; ``NotAction`` grants nearly everything."""
    for role in snapshot.read(Roles).both():
        granted = [statement for statement in role.statements if statement.allows]
        wild = sorted({action for statement in granted for action in statement.actions if {"*", "?"} & {*action}})
        inverted = [statement.sid or "unnamed" for statement in granted if statement.all_actions_but]
        yield judge(
            role.name,
            ok=bool(granted) and not wild and not inverted,
            good=f"{role.name} is granted {sum(len(s.actions) for s in granted)} actions, each by its full name.",
            bad=f"{role.name} is granted {wild or inverted or 'nothing, so it cannot be the role in use'}.",
            remedy="Name each action (deploy again; remove by hand what was added by hand).",
        )
