"""One version, one runtime, one price for a day: how long it is supported, in figures and in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from runbook_lib.costs import dollars, prices
from runbook_lib.costs.rules.database import vcpu_hours
from runbook_lib.lifecycle import Phase, RuntimeLife, Support, lambda_runtimes
from runbook_lib.versions.catalogue import Facts, version_order

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verdict(StrEnum):
    """Whether a version can be created."""

    CREATABLE = "creatable"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


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
    """What Extended Support costs a month on top of the instance, US dollars; the standby is charged too.

    Attributes:
        start: The first day of Extended Support.
        dearer: The first day at this price, where that is a later one.
        single_az: A month for an instance.
        multi_az: A month for an instance with a standby.
    """

    start: date
    dearer: date | None = None
    single_az: Decimal
    multi_az: Decimal


class Runtime(Facts):
    """The Lambda runtime asked for; ``life`` is ``None`` where it is not in the table."""

    name: str
    life: RuntimeLife | None
    note: str


def judged(
    version: str, verdict: Verdict, upgrade_targets: tuple[str, ...], dates: Mapping[int, Support], day: date
) -> EngineVersion:
    """An exact version for a day; ``dates`` are the support dates by major version."""
    major = (version_order(version) or (0,))[0]
    support = dates.get(major)
    days = (support.standard_end - day).days if support else None
    return EngineVersion(
        version=version,
        major=major,
        verdict=verdict,
        phase=support.phase(day) if support else Phase.UNKNOWN,
        standard_end=support.standard_end if support else None,
        days_left=days,
        note=_support_note(support, day),
        upgrade_targets=upgrade_targets,
        lifecycle_source=f"{support.source} ({support.as_of})" if support else "",
    )


def _support_note(support: Support | None, day: date) -> str:
    if support is None:
        return "support dates not known"
    past = f"standard support ended {support.standard_end}, {(day - support.standard_end).days} days ago"
    match support.phase(day):
        case Phase.STANDARD:
            return f"standard support ends {support.standard_end}, in {(support.standard_end - day).days} days"
        case Phase.EXTENDED:
            return f"{past}; extended support since {support.extended_start}"
        case _:
            return f"{past}; all support ended {support.extended_end}"


def extended_support(support: Support | None, instance_class: str, region: str, day: date) -> ExtendedSupport | None:
    """What Extended Support costs; ``None`` where the dates or the price are not known, or it has ended."""
    if support is None or support.phase(day) is Phase.ENDED:
        return None
    sums = []
    for multi_az in (False, True):
        hours = vcpu_hours(instance_class, multi_az=multi_az)
        cost = None if hours is None else prices.load(region).cost(support.extended_price_key(day), hours)
        if cost is None:
            return None
        sums.append(cost)
    dearer = support.extended_dearer if day >= support.extended_dearer else None
    return ExtendedSupport(start=support.extended_start, dearer=dearer, single_az=sums[0], multi_az=sums[1])


def lambda_runtime(name: str, day: date) -> Runtime:
    """A runtime for a day."""
    life = lambda_runtimes().get(name)
    if life is None:
        note = "not in the table of runtimes"
    elif day < life.deprecated:
        note = f"supported until {life.deprecated}, {(life.deprecated - day).days} days"
    elif life.create_block is None or day < life.create_block:
        since = f"deprecated since {life.deprecated}, {(day - life.deprecated).days} days"
        note = f"{since}, creation blocked from {life.create_block or 'a day not set'}"
    else:
        note = f"deprecated since {life.deprecated}, creation blocked since {life.create_block}"
    return Runtime(name=name, life=life, note=note)


def extended_support_sentence(price: ExtendedSupport, instance_class: str, day: date) -> str:
    """What Extended Support costs, in words for a day."""
    since = f"{'from' if day < price.start else 'since'} {price.start}"
    third = f", since {price.dearer} at the rate of its third year," if price.dearer else ""
    return (
        f"Extended Support {since}{third} costs {dollars(price.multi_az)} a month more for a Multi-AZ "
        f"{instance_class} ({dollars(price.single_az)} Single-AZ)"
    )
