"""Completes MiniStack's flow logs: the role they write with, which it forgets, and whether they arrive.

As in AWS a flow log is ``ACTIVE`` whatever its role may do, and its delivery status is worked out from that role: whether
the service may assume it, and whether its policies allow the actions that the VPC guide names ("IAM role for publishing
flow logs to CloudWatch Logs") on the log group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator as evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, iam

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.query_handlers import Answer, Handler, Parameters

# MiniStack's own helpers and stores; private, and pinned with its version.
value: Callable[..., str] = ec2._p  # noqa: SLF001  # see above
logs: dict[str, dict[str, Any]] = ec2._flow_logs  # noqa: SLF001  # see above
actions: dict[str, Handler] = ec2._ACTION_MAP  # noqa: SLF001  # see above
roles: Any = iam._roles  # noqa: SLF001  # see above
policies_of: Callable[[str, str], list[Any]] = evaluator._gather_role_policies  # noqa: SLF001  # see above

SERVICE = "vpc-flow-logs.amazonaws.com"
NEEDED = ("CreateLogGroup", "CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents")


def install() -> None:
    """Put these answers in front of MiniStack's."""
    actions["CreateFlowLogs"] = _create(actions["CreateFlowLogs"])
    actions["DescribeFlowLogs"] = _describe(actions["DescribeFlowLogs"])


def _create(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        before = set(logs)
        answer = original(request)
        for id_ in set(logs) - before:
            logs[id_]["DeliverLogsPermissionArn"] = value(request, "DeliverLogsPermissionArn")
            logs[id_]["MaxAggregationInterval"] = value(request, "MaxAggregationInterval") or "600"
        return answer

    return handler


def _describe(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        status, headers, body = original(request)
        text = body.decode()
        for id_, log in logs.items():
            name = f"<flowLogId>{id_}</flowLogId>"
            text = text.replace(name, name + _added(log))
        return status, headers, text.encode()

    return handler


def _added(log: dict[str, Any]) -> str:
    added = f"<maxAggregationInterval>{log.get('MaxAggregationInterval', '600')}</maxAggregationInterval>"
    if log["LogDestinationType"] != "cloud-watch-logs":
        return added
    role = log.get("DeliverLogsPermissionArn", "")
    added += f"<deliverLogsPermissionArn>{role}</deliverLogsPermissionArn>"
    if _may_write(role, log):
        return added + "<deliverLogsStatus>SUCCESS</deliverLogsStatus>"
    return added + (
        "<deliverLogsStatus>FAILED</deliverLogsStatus><deliverLogsErrorMessage>Access error</deliverLogsErrorMessage>"
    )


def _may_write(arn: str, log: dict[str, Any]) -> bool:
    account, region, name = get_account_id(), get_region(), arn.rpartition("/")[2]
    role = roles.get(name)
    if role is None or role["Arn"] != arn:
        return False

    source = f"{arn.partition(':iam:')[0]}:ec2:{region}:{account}:vpc-flow-log/{log['FlowLogId']}"

    def asks(action: str, resource: str) -> evaluator.EvalContext:
        given = {"aws:sourceaccount": account, "aws:sourcearn": source}  # as MiniStack looks keys up
        return evaluator.EvalContext(SERVICE, "Service", account, action, resource, region, service_context=given)

    group = log["LogDestination"].removesuffix(":*")
    trust = evaluator.evaluate_resource_policy(role["AssumeRolePolicyDocument"], asks("sts:AssumeRole", arn), SERVICE)
    may = (
        evaluator.evaluate(asks(f"logs:{verb}", resource), policies_of(name, account)).decision == "Allow"
        for verb in NEEDED
        for resource in ((f"{group}:log-stream:eni-0",) if verb in ("CreateLogStream", "PutLogEvents") else (group,))
    )
    return trust.decision == "Allow" and all(may)
