"""The dashboard's body: for every alarm its metric and threshold, grouped by service."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from alarms import PERIOD_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alarms import Alarm

_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 24
"""In grid units; a dashboard is 24 wide (CloudWatch dashboard body structure)."""


def dashboard(alarms: Sequence[Alarm], alarm_arns: Sequence[str], region: str) -> dict[str, Any]:
    """Lay out all alarms' states in one row, then one row or more per service.

    Args:
        alarms: The alarms, those of a service side by side.
        alarm_arns: Their ARNs, in any order.
        region: Where the metrics are.
    """
    widgets: list[dict[str, Any]] = [
        {
            "type": "alarm",
            "x": 0,
            "y": 0,
            "width": _COLUMNS,
            "height": _HEIGHT,
            "properties": {"title": "Alarms", "alarms": list(alarm_arns)},
        }
    ]
    y = _HEIGHT
    for _, members in groupby(alarms, key=lambda alarm: alarm.group):
        x = 0
        for alarm in members:
            if x == _COLUMNS:
                x, y = 0, y + _HEIGHT
            widgets.append(_metric(alarm, region, x, y))
            x += _WIDTH
        y += _HEIGHT
    return {"widgets": widgets}


def _metric(alarm: Alarm, region: str, x: int, y: int) -> dict[str, Any]:
    dimensions = [part for pair in alarm.dimensions.items() for part in pair]
    return {
        "type": "metric",
        "x": x,
        "y": y,
        "width": _WIDTH,
        "height": _HEIGHT,
        "properties": {
            "title": alarm.key,
            "region": region,
            "view": "timeSeries",
            "period": PERIOD_SECONDS,
            "stat": alarm.statistic,
            "metrics": [[alarm.namespace, alarm.metric, *dimensions]],
            "annotations": {"horizontal": [{"label": "alarm", "value": alarm.threshold}]},
        },
    }
