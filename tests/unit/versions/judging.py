"""Discoveries over a catalogue written out here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from runbook_lib import versions
from runbook_lib.days import Day
from runbook_lib.versions.catalogue import Catalogue, Offer, Orderable
from runbook_lib.versions.tools import ToolVersion

if TYPE_CHECKING:
    from runbook_lib.lifecycle import Support
    from runbook_lib.versions import Discovery

TODAY = date(2026, 11, 24)
OFFERS = {
    "18.3": "available",
    "14.24": "available",
    "14.9": "deprecated",
    "13.23": "available",
    "12.22": "",
    "99.1": "available",
}
TOOLS = (ToolVersion(name="pulumi", version="3.272.0", tested=">=3.272,<4"),)


def judged(
    *,
    offers: dict[str, str] | None = None,
    orderable: tuple[Orderable, ...] | None = None,
    lifecycle: dict[int, Support] | None = None,
    tools: tuple[ToolVersion, ...] = TOOLS,
    **options: Any,
) -> Discovery:
    offers = OFFERS if offers is None else offers
    major = options.get("major", 14)
    suitable = [Orderable(version=v, offered=True, multi_az=True, encrypted=True) for v in offers if v.startswith(f"{major}.")]
    catalogue = Catalogue(
        offers=tuple(Offer(version=version, status=status) for version, status in offers.items()),
        orderable=tuple(suitable[:1]) if orderable is None else orderable,
        lifecycle=lifecycle or {},
        source="RDS API, us-east-1",
        as_of=TODAY,
        emulated=False,
    )
    asked: dict[str, Any] = {"major": 14, "lambda_runtime": "python3.13", "instance_class": "db.t3.medium"}
    return versions.judge(catalogue, tools, **{"region": "us-east-1", "day": live(TODAY), **asked, **options})


def live(day: date) -> Day:
    return Day(judged=day, today=day, source="RDS API, us-east-1", as_of=day)


def findings(discovery: Discovery) -> dict[str, tuple[str, str]]:
    return {f.check: (f.status.value, f.message) for f in discovery.findings()}
