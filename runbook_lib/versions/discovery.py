"""Version discovery: which versions there are, which may be used, and for how long they are supported.

``discover`` reads the RDS API once (``catalogue``) and judges what it read (``judge``, pure). No version is pinned
in code: the pin of the first migration was withdrawn, and so was the one that replaced it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from runbook_lib import lifecycle
from runbook_lib.versions import catalogue as catalogues
from runbook_lib.versions import support, tools
from runbook_lib.versions.catalogue import Catalogue, Facts, Orderable
from runbook_lib.versions.support import EngineVersion, ExtendedSupport, Runtime, Verdict
from runbook_lib.versions.tools import ToolVersion

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from runbook_lib.aws import Aws
    from runbook_lib.days import Day
    from runbook_lib.results import Finding

WARN_DAYS = 180
_VERDICTS = {"available": Verdict.CREATABLE, "deprecated": Verdict.WITHDRAWN}


class Discovery(Facts):
    """Everything 01_version_discovery found out.

    Attributes:
        day: The day that the verdicts are for; a rehearsal's is that of its recorded facts.
        today: What the clock said.
        min_support_days: How many days of standard support must be left.
        engine_version: The version chosen: the newest (or oldest) minor that can be had with the instance class; or empty.
        source: Who answered, in words that say whether it was AWS.
        as_of: The day the catalogue is true for; ``None`` where that is not known.
        lifecycle: The support dates by major version: AWS's own where it tells them, the bundled ones otherwise.
        orderable: What was asked about the instance class, newest version first.
        extended_support: Its price for the chosen major; ``None`` where the price or the dates are not known.
    """

    day: date
    today: date
    region: str
    emulated: bool
    source: str
    as_of: date | None
    major: int
    instance_class: str
    min_support_days: int = 0
    engine_version: str
    engines: tuple[EngineVersion, ...]
    lifecycle: dict[int, lifecycle.Support]
    orderable: tuple[Orderable, ...]
    extended_support: ExtendedSupport | None
    runtime: Runtime
    tools: tuple[ToolVersion, ...]

    @property
    def chosen(self) -> EngineVersion | None:
        """The version chosen, with its verdict."""
        return next((engine for engine in self.engines if engine.version == self.engine_version), None)

    @property
    def zones(self) -> tuple[str, ...]:
        """The availability zones in which the instance class can be had with the version chosen, by name."""
        return next((each.zones for each in self.orderable if each.version == self.engine_version), ())

    def on(self, day: date) -> Discovery:
        """The same facts, judged for another day."""
        dates = self.lifecycle
        return self.model_copy(
            update={
                "day": day,
                "engines": tuple(support.judged(e.version, e.verdict, e.upgrade_targets, dates, day) for e in self.engines),
                "extended_support": support.extended_support(dates.get(self.major), self.instance_class, self.region, day),
                "runtime": support.lambda_runtime(self.runtime.name, day),
            }
        )

    def findings(self) -> tuple[Finding, ...]:
        """One finding per question of the step."""
        from runbook_lib.versions.findings import findings

        return findings(self)

    def warnings(self, *, within_days: int = WARN_DAYS) -> tuple[str, ...]:
        """What passes and will not for long, or does not on today's date, as sentences; no verdicts."""
        from runbook_lib.versions.findings import warnings

        return warnings(self, within_days=within_days)

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables to show, by heading; what today's date gives where that is another day than the one judged."""
        from runbook_lib.versions.findings import on_today

        beside = {"On today's date": on_today(self)} if self.day != self.today else {}
        return {"Versions": self.frame(), **beside}

    def figure(self) -> Figure:
        """Until when what was chosen, and what could be chosen instead, is supported."""
        from runbook_lib.versions.show import figure

        return figure(self)

    def frame(self) -> pd.DataFrame:
        """The versions of the major asked for, the newest of the others, the runtime and the tools."""
        from runbook_lib.versions.findings import frame

        return frame(self)


def discover(
    aws: Aws, *, major: int, lambda_runtime: str, instance_class: str, day: Day, minor: str = "newest", min_support_days: int = 0
) -> Discovery:
    """Find out which versions may be used.

    Args:
        aws: Where to ask.
        major: The PostgreSQL major version asked for.
        lambda_runtime: The Lambda runtime asked for, e.g. ``python3.13``.
        instance_class: The RDS instance class it has to run on, e.g. ``db.t3.medium``.
        day: The day the verdicts are for.
        minor: ``newest`` or ``oldest``: which of the minors that can be created and ordered.
        min_support_days: How many days of standard support must be left.

    Raises:
        TargetError: The RDS API does not answer.
    """
    catalogue = catalogues.read(aws, major=major, instance_class=instance_class, day=day, oldest=minor == "oldest")
    return judge(
        catalogue,
        tools.installed(),
        region=aws.target.region,
        major=major,
        lambda_runtime=lambda_runtime,
        instance_class=instance_class,
        day=day,
        min_support_days=min_support_days,
    )


def judge(
    catalogue: Catalogue,
    tools: tuple[ToolVersion, ...],
    *,
    region: str,
    major: int,
    lambda_runtime: str,
    instance_class: str,
    day: Day,
    min_support_days: int = 0,
) -> Discovery:
    """Judge what the catalogue says; pure. Arguments as for ``discover``."""
    chosen = next((x.version for x in catalogue.orderable if x.suitable), "")
    dates = {**lifecycle.postgresql(), **catalogue.lifecycle}
    return Discovery(
        day=day.judged,
        today=day.today,
        region=region,
        emulated=catalogue.emulated,
        source=catalogue.source,
        as_of=catalogue.as_of,
        major=major,
        instance_class=instance_class,
        min_support_days=min_support_days,
        engine_version=chosen,
        engines=tuple(
            support.judged(x.version, _VERDICTS.get(x.status, Verdict.UNKNOWN), x.upgrade_targets, dates, day.judged)
            for x in catalogue.offers
        ),
        lifecycle=dates,
        orderable=catalogue.orderable,
        extended_support=support.extended_support(dates.get(major), instance_class, region, day.judged),
        runtime=support.lambda_runtime(lambda_runtime, day.judged),
        tools=tools,
    )
