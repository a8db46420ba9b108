"""The VPC's flow logs, and whether they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class FlowLog(Tagged):
    """A flow log, named by its id."""

    traffic: str
    """``ALL``, ``ACCEPT`` or ``REJECT``."""
    destination: str
    """The ARN of the log group, bucket or stream."""
    active: bool
    delivery: str
    """What AWS says of the last delivery: ``SUCCESS`` or ``FAILED``; empty while it says nothing."""
    error: str
    """Why it failed, in AWS's words: ``Access error``, ``Rate limited`` or ``Unknown error``."""


@dataclass(frozen=True, kw_only=True)
class FlowLogs:
    """The flow logs of the whole VPC; those of one subnet or interface are not among them."""

    of_vpc: tuple[FlowLog, ...]


@collects(FlowLogs)
def flow_logs(aws: Aws, outputs: StackOutputs) -> FlowLogs:
    """Read the flow logs of the VPC named by the outputs."""
    of_vpc = [{"Name": "resource-id", "Values": [outputs.vpc_id]}]
    return FlowLogs(of_vpc=tuple(_flow_log(each) for each in aws.pages("ec2", "describe_flow_logs", "FlowLogs", Filter=of_vpc)))


def _flow_log(raw: dict[str, Any]) -> FlowLog:
    return FlowLog(
        name=raw["FlowLogId"],
        tags=by_key(raw.get("Tags")),
        traffic=raw["TrafficType"],
        destination=raw.get("LogDestination", ""),
        active=raw["FlowLogStatus"] == "ACTIVE",
        delivery=raw.get("DeliverLogsStatus", ""),
        error=raw.get("DeliverLogsErrorMessage", ""),
    )
