"""Whatever has an alarm is on the dashboard."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.cloudwatch import Alarms, Dashboard


@check(requirement=("M3",), title="The dashboard shows every metric that has an alarm")
def dashboard_shows_alarmed_metrics(snapshot: Snapshot) -> Judgements:
    """Compared by namespace and metric name."""
    dashboard = snapshot.read(Dashboard)
    alarmed = {alarm.metric for alarm in snapshot.read(Alarms).by_name.values()}
    hidden = sorted(alarmed - dashboard.metrics)
    yield judge(
        dashboard.name,
        ok=bool(alarmed) and not hidden,
        good=f"{dashboard.name} shows the {len(alarmed)} metrics that have alarms.",
        bad=f"{dashboard.name} does not show {', '.join(hidden) or 'any metric, for there are no alarms'}.",
        remedy="Restore the dashboard (deploy again).",
    )
