"""What is in the account already and is not this stack's, though this stack would have it: judged before anything is touched.

Pure. ``steps.looking_around`` reads what is judged here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.gates.registry import texts
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runbook_lib.plan import Plan

ACCOUNT, STAGE = "aws:apigateway/account:Account", "aws:apigateway/stage:Stage"
_ID = re.compile(r"[a-z]+-[0-9a-f]{8,17}")
"""An id that EC2 makes up, e.g. ``vpc-0a1b2c3d``; a name could be another resource's too."""
_BACKUP = re.compile(r"^arn:[a-z-]+:rds:[^:]*:[^:]*:(?:cluster-)?(?:snapshot|auto-backup):")
"""What RDS makes of a database by itself or leaves of it at its end: in nobody's state, and in nobody's way."""
_SHOWN = 5


@dataclass(frozen=True)
class LoggingRole:
    """The one role by which API Gateway writes logs, for all APIs of an account and region.

    Attributes:
        now: The role's ARN as the account has it; empty where none is set.
        there: Whether there is such a role: a setting may outlive it.
        ours: The role's ARN that this stack's state says it has set; empty where it has set none.
    """

    now: str
    there: bool
    ours: str

    @property
    def foreign(self) -> bool:
        """Whether it is somebody else's."""
        return bool(self.now) and self.there and self.now != self.ours


def strangers(arns: Iterable[str], state: Sequence[Mapping[str, Any]]) -> list[str]:
    """Those of ``arns`` that a stack's state knows nothing of, and that are no backups: RDS keeps those with their tags.

    Args:
        arns: What carries the stack's tags.
        state: The resources of an exported deployment. What AWS makes for one of them (a database's secret) is in its outputs.
    """
    known = {text for resource in state for text in texts([resource.get("id"), resource.get("outputs"), resource.get("inputs")])}
    ids = {text for text in known if _ID.fullmatch(text)}
    made = (arn for arn in arns if not _BACKUP.search(arn))
    return [arn for arn in made if arn not in known and f"{arn}:*" not in known and re.split(r"[:/]", arn)[-1] not in ids]


def stack_is_nowhere_else(
    tags: Mapping[str, str], found: Sequence[str], unknown: Sequence[str], backend: str, others: Sequence[str]
) -> Finding:
    """Whether all that carries a stack's tags is in the state that a plan is made from.

    Args:
        tags: The tags.
        found: The ARNs of what carries them.
        unknown: Those that the state knows nothing of.
        backend: Where the state is.
        others: Other backends that this environment was deployed with before.
    """
    wanted = ", ".join(f"{key}={value}" for key, value in tags.items())
    if not unknown:
        known = f"all of it in the state at {backend}" if found else "as it must be before the first deployment"
        return _stack(Status.PASS, wanted, f"{len(found)} resources carry {wanted}, {known}.")
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    elsewhere = f" Earlier runs had it at {', '.join(others)}." if others else ""
    return _stack(
        Status.FAIL,
        wanted,
        f"{len(unknown)} of {len(found)} resources that carry {wanted} are not in this stack's state at {backend}: "
        f"{', '.join(unknown[:_SHOWN])}{more}. They are another state's, or were left behind.{elsewhere}",
        "Set PULUMI_BACKEND_URL to the backend that they were deployed with; or pulumi import them; or, if nobody has "
        "that state any more, delete them; or choose another payments:suffix.",
    )


def untagged() -> Finding:
    """What to say of a plan whose provider tags nothing."""
    message = "The plan's provider gives no tags, so nobody can tell what of the account is this stack's."
    return _stack(Status.FAIL, "provider", message, "Give it default tags (stack/provider.py).")


def not_told(error: Exception) -> Finding:
    """What to say where AWS does not answer."""
    remedy = "Check the network, and that tag:GetResources, apigateway:GET and iam:GetRole are allowed."
    return _stack(Status.UNKNOWN, "account", f"AWS does not say what is there already: {error}", remedy)


def logging_role_is_free(plan: Plan, role: LoggingRole) -> Finding | None:
    """Whether a plan leaves other teams' logging role alone, and has one itself; ``None`` where it is about neither."""
    about = [op for op in plan.operations if op.type == ACCOUNT]
    sets = any(op.op not in {"delete", "discard"} for op in about)
    if not about and not any(op.type == STAGE and op.op != "delete" for op in plan.operations):
        return None
    whole = f"API Gateway's logging role for the whole account and region is {role.now}, which is not this stack's"
    if role.foreign and sets:
        remedy = 'Set payments:ownsApiGatewayAccount to "false": the stack then uses that role as it is.'
        if any(op.op != "create" for op in about):  # its state has the account: only to stop asking for it would empty it
            remedy = (
                f"First pulumi state delete the apigateway Account of this stack, which leaves the account as it is. {remedy}"
            )
        return _role(Status.FAIL, role, f"{whole}; the plan would replace it.", remedy)
    if role.foreign and about:
        remedy = "pulumi state delete the apigateway Account of this stack: that leaves the account as it is."
        return _role(Status.FAIL, role, f"{whole}; the plan would empty it.", remedy)
    if role.foreign:
        return _role(Status.PASS, role, f"{whole} and is used as it is.")
    if sets:
        whose = "this stack's own" if role.now and role.now == role.ours else "nobody's, and this stack sets its own"
        return _role(Status.PASS, role, f"API Gateway's logging role is {whose}.")
    message = "API Gateway has no logging role in this account and region, and the plan sets none: a stage cannot log."
    return _role(Status.FAIL, role, message, 'Set payments:ownsApiGatewayAccount to "true".')


def logging_role_is_left(role: LoggingRole) -> Finding:
    """What a teardown says that finds another team's role where it had set its own."""
    message = f"API Gateway's logging role is {role.now} by now, which is not this stack's, and was left as it is."
    return _role(Status.PASS, role, message)


def _stack(status: Status, resource: str, message: str, remedy: str = "") -> Finding:
    check, rows = "stack_is_nowhere_else", ("T1", "T2")
    return Finding(check=check, requirement=rows, status=status, resource=resource, message=message, remedy=remedy)


def _role(status: Status, role: LoggingRole, message: str, remedy: str = "") -> Finding:
    check, resource = "logging_role_is_free", role.now or "API Gateway account"
    return Finding(check=check, requirement=("P1",), status=status, resource=resource, message=message, remedy=remedy)
