"""The log groups named by the outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class LogGroup(Tagged):
    """A log group."""

    arn: str
    retention_days: int
    """0 keeps events for ever."""
    key_arn: str


@dataclass(frozen=True, kw_only=True)
class LogGroups:
    """The log groups by name; one that is not there is missing here too."""

    by_name: Mapping[str, LogGroup]


@collects(LogGroups)
def log_groups(aws: Aws, outputs: StackOutputs) -> LogGroups:
    """Read the log groups named by the outputs."""
    found = (_log_group(aws, name) for name in outputs.log_group_names)
    return LogGroups(by_name={group.name: group for group in found if group})


def _log_group(aws: Aws, name: str) -> LogGroup | None:
    groups = aws.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    raw = next((group for group in groups if group["logGroupName"] == name), None)
    if raw is None:
        return None
    arn = raw["arn"].removesuffix(":*")  # this API adds the streams' wildcard, the tagging API refuses it
    return LogGroup(
        name=name,
        tags=aws.client("logs").list_tags_for_resource(resourceArn=arn)["tags"],
        arn=arn,
        retention_days=raw.get("retentionInDays", 0),
        key_arn=raw.get("kmsKeyId", ""),
    )
