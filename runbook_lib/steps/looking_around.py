"""Reads what ``neighbours`` judges: what carries the stack's tags, and whose API Gateway's logging role is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import neighbours, tagged
from runbook_lib.neighbours import ACCOUNT, STAGE, LoggingRole
from runbook_lib.results import Status
from runbook_lib.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runbook_lib.aws import Aws
    from runbook_lib.plan import Plan
    from runbook_lib.results import Finding
    from runbook_lib.steps.step import Context

_MISSING = frozenset({"NoSuchEntity"})


def warm_up(aws: Aws) -> None:
    """Make the clients that looking around takes; what is wrong with them, looking around says itself."""
    for service in ("resourcegroupstaggingapi", "apigateway", "iam"):
        aws.client(service)


def findings(context: Context, plan: Plan) -> tuple[Finding, ...]:
    """What is in the account already that this stack would take for its own; reads only.

    Args:
        context: The step's.
        plan: What would be done.
    """
    try:
        return tuple(_findings(context, plan))
    except (ClientError, BotoCoreError) as error:
        return (neighbours.not_told(error),)


def _findings(context: Context, plan: Plan) -> list[Finding]:
    aws, run = context.aws, context.run
    # As planned: the configuration has been read by the program, and nobody else.
    tags = tagged.default_tags({"type": op.type, "inputs": op.inputs} for op in plan.operations)
    identity = tagged.identity(tags)
    if not identity:
        return [neighbours.untagged()]
    carrying = tagged.carrying(aws, identity)
    state = context.engine.resources() if carrying or plan.counts().keys() - {"create"} else []
    unknown = tagged.unclaimed(aws, carrying, state)
    found = [neighbours.stack_is_nowhere_else(identity, carrying, unknown, run.facts.backend, _backends(run))]
    # Where the stack is another state's, so is its role: what to do about that is said already.
    if found[0].status is Status.PASS and any(op.type in {ACCOUNT, STAGE} for op in plan.operations):
        role = neighbours.logging_role_is_free(plan, logging_role(aws, state))
        found += [role] if role else []
    return found


def logging_role(aws: Aws, state: Sequence[Mapping[str, Any]]) -> LoggingRole:
    """Whose the role is that the account has now.

    Raises:
        ClientError, BotoCoreError: AWS does not say which there is, or whether it still exists.
    """
    now = str(aws.client("apigateway").get_account().get("cloudwatchRoleArn") or "")
    ours = next((str(each["outputs"].get("cloudwatchRoleArn") or "") for each in state if each["type"] == ACCOUNT), "")
    return LoggingRole(now, there=bool(now) and (now == ours or _exists(aws, now)), ours=ours)


def _exists(aws: Aws, role: str) -> bool:
    try:
        aws.client("iam").get_role(RoleName=role.rpartition("/")[2])
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return False
        raise
    return True


def _backends(run: Run) -> list[str]:
    """Other backends that this environment's runs on this account and region are on record with."""
    place = (run.facts.environment, run.facts.target)
    found = {each.facts.backend for each in Run.all() if (each.facts.environment, each.facts.target) == place}
    return sorted(found - {run.facts.backend})
