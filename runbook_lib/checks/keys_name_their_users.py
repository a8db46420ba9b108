"""Key policies name who may use a key for what."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.kms import Keys

USE = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant"}


@check(requirement=("K1", "A2"), title="Key policies grant no blanket use")
def keys_name_their_users(snapshot: Snapshot) -> Judgements:
    """Neither everybody nor every action; whoever is granted use is a role or a service, or is held by a condition."""
    for key in snapshot.read(Keys).by_arn.values():
        granted = [statement for statement in key.policy if statement.allows]
        blanket = [
            statement.sid or "unnamed"
            for statement in granted
            if any("*" in action for action in statement.actions)
            or "*" in statement.principals
            or statement.all_actions_but
            or (USE & set(statement.actions) and _whole_account(statement.principals) and not statement.conditions)
        ]
        yield judge(
            key.name,
            ok=any(USE & set(statement.actions) for statement in granted) and not blanket,
            good=f"The policy of {key.name} names who may use it for what.",
            bad=f"The policy of {key.name} grants nobody its use, or too much in {blanket}.",
            remedy="Name actions and principals in the key policy (deploy again).",
        )


def _whole_account(principals: tuple[str, ...]) -> bool:
    return any(who.endswith(":root") or who.isdecimal() for who in principals)
