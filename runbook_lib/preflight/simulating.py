"""Asks IAM what the caller may do, by ``SimulatePrincipalPolicy``; nothing is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.preflight.facts import Decided, Permissions
from runbook_lib.preflight.permissions import NEEDED, UNASKED_HOW, published

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runbook_lib.aws import Aws

ALLOWED = "allowed"


def simulate(aws: Aws, caller: str, policies: Sequence[str]) -> Permissions:
    """What IAM says of each policy's actions on all resources; service control policies of the organisation count.

    Args:
        aws: Where.
        caller: The ARN that AWS knows the caller by.
        policies: Published policies by name.

    Raises:
        ClientError: It may not be asked.
    """
    if not policies:
        return Permissions(principal="", unasked=f"somebody said so ({UNASKED_HOW}).", decided=())
    if caller.endswith(":root"):
        # Nothing but the organisation limits it, and IAM simulates nobody but users, groups and roles.
        why = "" if aws.target.emulated else f"{caller} is the account's root user, which policies do not limit; use a role."
        return Permissions(principal="", unasked=why, decided=())
    principal = _principal(aws, caller)
    by_policy = {name: published(name) for name in policies}
    actions = sorted({action for statements in by_policy.values() for listed in statements.values() for action in listed})
    answers = {answer["EvalActionName"]: answer for answer in _answers(aws, principal, actions)}
    return Permissions(
        principal=principal, unasked="", decided=tuple(_decided(name, by_policy[name], answers) for name in policies)
    )


def _answers(aws: Aws, principal: str, actions: Sequence[str]) -> list[dict[str, Any]]:
    region = {"ContextKeyName": "aws:RequestedRegion", "ContextKeyValues": [aws.target.region], "ContextKeyType": "string"}
    asked: dict[str, Any] = {"PolicySourceArn": principal, "ActionNames": list(actions), "ContextEntries": [region]}
    return list(aws.pages("iam", "simulate_principal_policy", "EvaluationResults", **asked))


def _decided(policy: str, statements: dict[str, tuple[str, ...]], answers: dict[str, dict[str, Any]]) -> Decided:
    """An action that IAM gave no answer to is denied: nobody said that it is allowed."""
    may_not = {
        sid: tuple(action for action in actions if answers.get(action, {}).get("EvalDecision") != ALLOWED)
        for sid, actions in statements.items()
    }
    denied = may_not.pop(NEEDED, ())
    conditions = {key for action in denied for key in answers.get(action, {}).get("MissingContextValues") or ()}
    return Decided(
        policy=policy,
        denied=denied,
        provider=tuple(action for actions in may_not.values() for action in actions),
        conditions=tuple(sorted(conditions)),
        asked=sum(map(len, statements.values())),
    )


def _principal(aws: Aws, caller: str) -> str:
    """Whose policies count: of a session, its role's, whose ARN has a path that the session's lacks."""
    kind, _, name = caller.rpartition(":")[2].partition("/")
    if kind == "assumed-role":
        return str(aws.client("iam").get_role(RoleName=name.partition("/")[0])["Role"]["Arn"])
    return caller
