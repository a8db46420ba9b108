"""The alarms and the dashboard named by the outputs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Alarm(Tagged):
    """A metric alarm."""

    metric: str
    """``<namespace>/<metric name>``, e.g. ``AWS/RDS/CPUUtilization``."""
    dimensions: Mapping[str, str]
    actions: tuple[str, ...]
    actions_enabled: bool
    missing_data: str
    """How missing data is treated: ``missing`` is CloudWatch's own default, so nobody stated it."""


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """The alarms by name; one that is not there is missing here too."""

    by_name: Mapping[str, Alarm]


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """The dashboard and every ``<namespace>/<metric name>`` it shows."""

    name: str
    metrics: frozenset[str]


@collects(Alarms)
def alarms(aws: Aws, outputs: StackOutputs) -> Alarms:
    """Read the alarms named by the outputs."""
    found: dict[str, Alarm] = {}
    names = list(outputs.alarm_names)
    for start in range(0, len(names), 100):  # the most that one call takes
        for raw in aws.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=names[start : start + 100]):
            found[raw["AlarmName"]] = _alarm(aws, raw)
    return Alarms(by_name=found)


def _alarm(aws: Aws, raw: dict[str, Any]) -> Alarm:
    tags = aws.client("cloudwatch").list_tags_for_resource(ResourceARN=raw["AlarmArn"])["Tags"]
    return Alarm(
        name=raw["AlarmName"],
        tags=by_key(tags),
        metric=f"{raw['Namespace']}/{raw['MetricName']}",
        dimensions=by_key(raw["Dimensions"], key="Name"),
        actions=tuple(raw["AlarmActions"]),
        actions_enabled=raw["ActionsEnabled"],
        missing_data=raw.get("TreatMissingData", "missing"),
    )


@collects(Dashboard)
def dashboard(aws: Aws, outputs: StackOutputs) -> Dashboard:
    """Read the dashboard named by the outputs."""
    raw = aws.client("cloudwatch").get_dashboard(DashboardName=outputs.dashboard_name)
    body = json.loads(raw["DashboardBody"])
    return Dashboard(name=raw["DashboardName"], metrics=frozenset(_metrics(body)))


def _metrics(body: Mapping[str, Any]) -> Iterator[str]:
    for widget in body["widgets"]:
        namespace = name = ""
        for row in widget["properties"].get("metrics", ()):
            words = [word for word in row if isinstance(word, str)]
            # "." repeats the field above it (CloudWatch's dashboard body syntax).
            if len(words) >= 2:  # noqa: PLR2004 - a row begins with namespace and name; an expression has neither
                namespace, name = (new if new != "." else old for new, old in zip(words, (namespace, name), strict=False))
                yield f"{namespace}/{name}"
