"""What is said of a version by its support dates, whichever service it is of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from runbook_lib.judgement import Judgement, judge, unknown
from runbook_lib.lifecycle import ServiceLife, line_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

KNOWN_BEFORE = "Ask for a version that is known before the update."


def judge_life(resource: str, service: str, version: str, lives: Mapping[str, ServiceLife], *, day: date, days: int) -> Judgement:
    """Whether a version is in standard support on the day that is judged, and for some days more.

    Args:
        resource: What runs it.
        service: What it is a version of.
        version: The version.
        lives: The dates by version line.
        day: The day that is judged for.
        days: How many days of standard support must be left.
    """
    life = line_of(lives, version)
    if life is None:
        remedy = "Add its dates to runbook_lib/data/lifecycle_services.csv, with their source."
        return unknown(resource, f"{resource}: {service} {version} is in no table here.", remedy)
    last = day + timedelta(days=days)
    end, said = life.standard_end, f"ends {life.standard_end}" if life.standard_end else "without an end announced"
    told, source = f"{resource}: {service} {version}, standard support {said}", f"({life.source}, {life.as_of})"
    asked = f", {days} days are asked for" if days else ""
    if end is not None and day <= end < last:
        bad = f"{told}, in {(end - day).days} days{asked} {source}."
    else:
        bad = f"{told.replace('ends', 'ended')}, judged for {day} {source}."
    longer = [each.cycle for each in lives.values() if each.standard_end is None or last <= each.standard_end]
    return judge(
        resource,
        ok=end is None or last <= end,
        good=f"{told}{asked} {source}.",
        bad=bad,
        remedy=f"Use one of {', '.join(longer) or 'none on record'}.",
    )
