"""Version discovery: which versions there are, which may be used, and for how long they are supported.

``discover`` reads the RDS API once (``catalogue``) and judges what it read (``judge``, pure). No version is pinned
in code: the pin of the first migration was withdrawn, and so was the one that replaced it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from runbook_lib import lifecycle
from runbook_lib.costs import dollars, prices
from runbook_lib.costs.rules.database import vcpu_hours
from runbook_lib.lifecycle import Phase, RuntimeLife
from runbook_lib.versions import catalogue as catalogues
from runbook_lib.versions import tools
from runbook_lib.versions.catalogue import Catalogue, Facts, Offer, Orderable
from runbook_lib.versions.tools import ToolVersion

if TYPE_CHECKING:
    import pandas as pd

    from runbook_lib.aws import Aws
    from runbook_lib.results import Finding

WARN_DAYS = 180


class Verdict(StrEnum):
    """Whether a version can be created."""

    CREATABLE = "creatable"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


_VERDICTS = {"available": Verdict.CREATABLE, "deprecated": Verdict.WITHDRAWN}


class EngineVersion(Facts):
    """One exact PostgreSQL version, judged.

    Attributes:
        standard_end: The last day of standard support, ``None`` where it is not known.
        days_left: Days to that; negative when past.
        note: The support in words, e.g. ``standard support ends in 96 days``.
        lifecycle_source: Who says when support ends, and as of when.
    """

    version: str
    major: int
    verdict: Verdict
    phase: Phase
    standard_end: date | None
    days_left: int | None
    note: str
    upgrade_targets: tuple[str, ...]
    lifecycle_source: str


class ExtendedSupport(Facts):
    """What Extended Support costs a month on top of the instance, US dollars; the standby is charged too."""

    start: date
    single_az: Decimal
    multi_az: Decimal


class Runtime(Facts):
    """The Lambda runtime asked for; ``life`` is ``None`` where it is not in the table."""

    name: str
    life: RuntimeLife | None
    note: str


class Discovery(Facts):
    """Everything 01_version_discovery found out.

    Attributes:
        engine_version: The version chosen: the newest creatable minor whose instance class can be ordered; empty if none.
        source: Who answered, in words that say whether it was AWS.
        as_of: The day the catalogue is true for; ``None`` where that is not known.
        orderable: What was asked about the instance class, newest version first.
        extended_support: Its price for the chosen major; ``None`` where the price or the dates are not known.
    """

    today: date
    region: str
    emulated: bool
    source: str
    as_of: date | None
    major: int
    instance_class: str
    engine_version: str
    engines: tuple[EngineVersion, ...]
    orderable: tuple[Orderable, ...]
    extended_support: ExtendedSupport | None
    runtime: Runtime
    tools: tuple[ToolVersion, ...]

    @property
    def chosen(self) -> EngineVersion | None:
        """The version chosen, with its verdict."""
        return next((engine for engine in self.engines if engine.version == self.engine_version), None)

    def findings(self) -> tuple[Finding, ...]:
        """One finding per question of the step."""
        from runbook_lib.versions.findings import findings

        return findings(self)

    def warnings(self, *, within_days: int = WARN_DAYS) -> tuple[str, ...]:
        """What passes today and will not for long, as sentences."""
        from runbook_lib.versions.findings import warnings

        return warnings(self, within_days=within_days)

    def frame(self) -> pd.DataFrame:
        """The versions of the major asked for, the newest of the others, the runtime and the tools."""
        from runbook_lib.versions.findings import frame

        return frame(self)


def discover(aws: Aws, *, major: int, lambda_runtime: str, instance_class: str, today: date) -> Discovery:
    """Find out which versions may be used.

    Args:
        aws: Where to ask.
        major: The PostgreSQL major version asked for.
        lambda_runtime: The Lambda runtime asked for, e.g. ``python3.13``.
        instance_class: The RDS instance class it has to run on, e.g. ``db.t3.medium``.
        today: The day the verdicts are for.

    Raises:
        TargetError: The RDS API does not answer.
    """
    catalogue = catalogues.read(aws, major=major, instance_class=instance_class, today=today)
    return judge(
        catalogue,
        tools.installed(),
        region=aws.target.region,
        major=major,
        lambda_runtime=lambda_runtime,
        instance_class=instance_class,
        today=today,
    )


def judge(
    catalogue: Catalogue,
    tools: tuple[ToolVersion, ...],
    *,
    region: str,
    major: int,
    lambda_runtime: str,
    instance_class: str,
    today: date,
) -> Discovery:
    """Judge what the catalogue says; pure. Arguments as for ``discover``."""
    chosen = next((x.version for x in catalogue.orderable if x.suitable), "")
    return Discovery(
        today=today,
        region=region,
        emulated=catalogue.emulated,
        source=catalogue.source,
        as_of=catalogue.as_of,
        major=major,
        instance_class=instance_class,
        engine_version=chosen,
        engines=tuple(_engine(offer, catalogue, today) for offer in catalogue.offers),
        orderable=catalogue.orderable,
        extended_support=_extended_support(catalogue, major, instance_class, region, today),
        runtime=_runtime(lambda_runtime, today),
        tools=tools,
    )


def _support(catalogue: Catalogue, major: int) -> lifecycle.Support | None:
    """AWS's own dates where it tells them, the bundled ones otherwise."""
    return catalogue.lifecycle.get(major) or lifecycle.postgresql().get(major)


def _engine(offer: Offer, catalogue: Catalogue, today: date) -> EngineVersion:
    support = _support(catalogue, offer.major)
    days = (support.standard_end - today).days if support else None
    return EngineVersion(
        version=offer.version,
        major=offer.major,
        verdict=_VERDICTS.get(offer.status, Verdict.UNKNOWN),
        phase=support.phase(today) if support else Phase.UNKNOWN,
        standard_end=support.standard_end if support else None,
        days_left=days,
        note=_support_note(support, today),
        upgrade_targets=offer.upgrade_targets,
        lifecycle_source=f"{support.source} ({support.as_of})" if support else "",
    )


def _support_note(support: lifecycle.Support | None, today: date) -> str:
    if support is None:
        return "support dates not known"
    match support.phase(today):
        case Phase.STANDARD:
            return f"standard support ends {support.standard_end}, in {(support.standard_end - today).days} days"
        case Phase.EXTENDED:
            return f"extended support since {support.extended_start}"
        case _:
            return f"all support ended {support.extended_end}"


def _extended_support(catalogue: Catalogue, major: int, instance_class: str, region: str, today: date) -> ExtendedSupport | None:
    support = _support(catalogue, major)
    if support is None:
        return None
    sums = []
    for multi_az in (False, True):
        hours = vcpu_hours(instance_class, multi_az=multi_az)
        cost = None if hours is None else prices.load(region).cost(support.extended_price_key(today), hours)
        if cost is None:
            return None
        sums.append(cost)
    return ExtendedSupport(start=support.extended_start, single_az=sums[0], multi_az=sums[1])


def _runtime(name: str, today: date) -> Runtime:
    life = lifecycle.lambda_runtimes().get(name)
    if life is None:
        note = "not in the table of runtimes"
    elif today < life.deprecated:
        note = f"supported until {life.deprecated}, {(life.deprecated - today).days} days"
    elif life.create_block is None or today < life.create_block:
        note = f"deprecated since {life.deprecated}, creation blocked from {life.create_block or 'a day not set'}"
    else:
        note = f"creation blocked since {life.create_block}"
    return Runtime(name=name, life=life, note=note)


def extended_support_sentence(price: ExtendedSupport, instance_class: str) -> str:
    """What Extended Support costs, in words."""
    return (
        f"Extended Support from {price.start} costs {dollars(price.multi_az)} a month more for a Multi-AZ "
        f"{instance_class} ({dollars(price.single_az)} Single-AZ)"
    )
