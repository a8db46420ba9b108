"""CloudWatch: alarms and dashboards."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

ACTIONS = frozenset({"alarmActions", "insufficientDataActions", "okActions"})


class Alarm(ModelledResource):
    """Base of the alarms, which CloudWatch puts as a whole; the id is the name.

    Attributes:
        kind: What CloudWatch calls this kind of alarm, e.g. ``MetricAlarm``.
        name: The property that names it.
    """

    service: ClassVar[str] = "cloudwatch"
    absent: ClassVar[frozenset[str]] = frozenset({"ResourceNotFound"})
    sets: ClassVar[frozenset[str]] = ACTIONS
    kind: ClassVar[str]
    name: ClassVar[str]

    def create(self, aws: Session, inputs: Properties) -> str:
        """Put it, with its tags."""
        self.put(aws, inputs)
        return str(inputs[self.name])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again; CloudWatch takes tags only the first time."""
        self.put(aws, new | {"tagsAll": None})

    def put(self, aws: Session, inputs: Properties) -> None:
        """Put it."""
        raise NotImplementedError

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeAlarms and the tags."""
        found = self.call(aws, "DescribeAlarms", {"alarmNames": [id_], "alarmTypes": [self.kind]})
        for alarm in found[f"{self.kind[0].lower()}{self.kind[1:]}s"] or ():
            tags = self.call(aws, "ListTagsForResource", {"resourceArn": alarm["alarmArn"]})["tags"] or {}
            common = pick(alarm, "actionsEnabled", "alarmDescription", *ACTIONS, arn="alarmArn")
            return {self.name: id_} | common | self.live(alarm, state) | {"tagsAll": tags}
        return None

    def live(self, alarm: Properties, state: Properties) -> Properties:
        """What this kind of alarm has beyond actions and tags."""
        raise NotImplementedError

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteAlarms."""
        self.call(aws, "DeleteAlarms", {"alarmNames": [id_]})


@resource("aws:cloudwatch/metricAlarm:MetricAlarm")
class MetricAlarm(Alarm):
    """Watches one metric, or a calculation over several."""

    kind = "MetricAlarm"
    name = "name"
    autoname = "name"
    autoname_max = 255
    replace_on = frozenset({"name"})
    defaults: ClassVar[dict[str, Any]] = {"actionsEnabled": True, "treatMissingData": "missing"}

    def put(self, aws: Session, inputs: Properties) -> None:
        """PutMetricAlarm."""
        names = {
            "AlarmName": "name",
            "EvaluateLowSampleCountPercentile": "evaluateLowSampleCountPercentiles",
            "Metrics": "metricQueries",
            "Tags": "tagsAll",
        }
        queries = [_query(query) for query in inputs.get("metricQueries") or ()]
        self.call(aws, "PutMetricAlarm", inputs | {"metricQueries": queries or None}, **names)

    def live(self, alarm: Properties, state: Properties) -> Properties:
        """The condition. Of a calculation the emulator hands nothing back but the threshold."""
        condition = pick(alarm, "comparisonOperator", "evaluationPeriods", "datapointsToAlarm", "threshold")
        condition |= pick(alarm, "treatMissingData", "thresholdMetricId")
        if state.get("metricQueries"):
            return condition
        metric = pick(alarm, "dimensions", "metricName", "namespace", "period", "extendedStatistic", "unit")
        # The emulator answers "Average" beside a percentile.
        return condition | metric | {"statistic": None if metric["extendedStatistic"] else alarm["statistic"]}


def _query(query: Properties) -> Properties:
    """A metric query as CloudWatch nests it."""
    metric = query.get("metric")
    if metric is None:
        return query
    names = ("period", "stat", "unit")
    stat = {"metric": {name: value for name, value in metric.items() if name not in names}}
    stat |= {name: metric.get(name) for name in names}
    return {name: value for name, value in query.items() if name != "metric"} | {"metricStat": stat}


@resource("aws:cloudwatch/compositeAlarm:CompositeAlarm")
class CompositeAlarm(Alarm):
    """Watches other alarms."""

    kind = "CompositeAlarm"
    name = "alarmName"
    replace_on = frozenset({"alarmName"})
    defaults: ClassVar[dict[str, Any]] = {"actionsEnabled": True}

    def put(self, aws: Session, inputs: Properties) -> None:
        """PutCompositeAlarm."""
        suppressor = inputs.get("actionsSuppressor") or {}
        flat = {
            "actionsSuppressor": suppressor.get("alarm"),
            "actionsSuppressorExtensionPeriod": suppressor.get("extensionPeriod"),
            "actionsSuppressorWaitPeriod": suppressor.get("waitPeriod"),
        }
        self.call(aws, "PutCompositeAlarm", inputs | flat, Tags="tagsAll")

    def live(self, alarm: Properties, state: Properties) -> Properties:
        """The rule; the emulator does not hand the suppressor back."""
        return pick(alarm, "alarmRule")


@resource("aws:cloudwatch/dashboard:Dashboard")
class Dashboard(ModelledResource):
    """A page of graphs; its id is its name."""

    service = "cloudwatch"
    absent = frozenset({"ResourceNotFound", "DashboardNotFoundError"})
    replace_on = frozenset({"dashboardName"})
    json_properties = frozenset({"dashboardBody"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutDashboard."""
        self.call(aws, "PutDashboard", inputs)
        return str(inputs["dashboardName"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetDashboard."""
        live = self.call(aws, "GetDashboard", {"dashboardName": id_})
        return pick(live, "dashboardName", "dashboardBody", "dashboardArn")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteDashboards."""
        self.call(aws, "DeleteDashboards", {"dashboardNames": [id_]})
