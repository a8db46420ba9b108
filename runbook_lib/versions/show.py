"""The picture of version discovery: until when what was chosen, and what could be chosen instead, is supported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from runbook_lib.versions.support import Verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from runbook_lib.versions.discovery import Discovery

CHOSEN, OTHER, EXTENDED = "#1f77b4", "#aec7e8", "#f4b183"
_BEFORE = timedelta(days=120)
"""How much of the past is shown, so that today is a line and no edge."""


def warm_up() -> None:
    """Import what draws ahead of time, in a thread that has nothing else to wait for."""
    import matplotlib.backends.backend_agg
    import matplotlib.dates
    import matplotlib.figure  # noqa: F401 - that it is there is all


@dataclass(frozen=True)
class Bar:
    """One version's support."""

    label: str
    standard_end: date
    extended_end: date | None
    chosen: bool


def bars(found: Discovery) -> list[Bar]:
    """The PostgreSQL majors that can be created, oldest on top, and the runtime below; what has no dates has no bar."""
    majors = sorted({each.major for each in found.engines if each.verdict is Verdict.CREATABLE} & found.lifecycle.keys())
    known = [(major, found.lifecycle[major]) for major in majors]
    engines = [
        Bar(
            f"PostgreSQL {found.engine_version if major == found.major else major}",
            life.standard_end,
            life.extended_end,
            major == found.major,
        )
        for major, life in known
    ]
    runtime = found.runtime.life
    return [*engines, *([Bar(found.runtime.name, runtime.deprecated, None, chosen=True)] if runtime else [])]


def figure(found: Discovery) -> Figure:
    """A bar per version, from today on; what was chosen stands out, Extended Support is another colour."""
    from matplotlib.dates import DateFormatter, YearLocator
    from matplotlib.figure import Figure

    told, today = bars(found)[::-1], found.day
    picture = Figure(figsize=(8, 1.4 + 0.4 * max(len(told), 1)), layout="constrained")
    axes: Any = picture.subplots()  # which takes dates, though its types say numbers
    for place, bar in enumerate(told):
        end = max(bar.standard_end, today - _BEFORE)
        axes.barh(place, end - (today - _BEFORE), left=today - _BEFORE, color=CHOSEN if bar.chosen else OTHER, height=0.6)
        last = max(end, bar.extended_end or end)
        axes.barh(place, last - end, left=end, color=EXTENDED, height=0.6)
        until = f"{'until' if bar.standard_end >= today else 'ended'} {bar.standard_end}"
        axes.annotate(until, (last, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize="small")
    axes.axvline(today, color="black", linewidth=1)
    if found.min_support_days:
        axes.axvline(today + timedelta(days=found.min_support_days), color="black", linewidth=1, linestyle=":")
    axes.set_yticks(range(len(told)), [bar.label for bar in told])
    axes.xaxis.set_major_locator(YearLocator())
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))
    axes.margins(x=0.15)
    axes.set_xlim(left=today - _BEFORE)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    for label, bar in zip(axes.get_yticklabels(), told, strict=True):
        label.set_fontweight("bold" if bar.chosen else "normal")
    asked = f"\nDotted: the {found.min_support_days} days of it that are asked for" if found.min_support_days else ""
    axes.set_title(f"Standard support from {today} on (orange: Extended Support){asked}", loc="left", fontsize="medium")
    return picture
