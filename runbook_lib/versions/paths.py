"""Whether a database may be made with a version, or moved to it: by what RDS offers, and by the ways that it names."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from runbook_lib.lifecycle import ServiceLife
from runbook_lib.results import Status
from runbook_lib.versions.catalogue import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 12


class Offers(BaseModel):
    """What RDS offers of one engine.

    Attributes:
        engine: E.g. ``postgres`` or ``aurora-mysql``.
        offers: Every version that it lists, withdrawn ones too.
        source: Who says so.
        as_of: The day that it is true for; ``None`` where that is not known.
        lives: For how long each of its major versions is supported.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str
    offers: tuple[Offer, ...]
    source: str
    as_of: date | None
    lives: dict[str, ServiceLife] = {}

    @property
    def creatable(self) -> list[str]:
        """The versions that can be created, newest first."""
        return sorted((each.version for each in self.offers if each.status == "available"), key=numbers, reverse=True)

    def of(self, version: str) -> Offer | None:
        """The offer of one version; ``None`` where RDS does not list it."""
        return next((each for each in self.offers if each.version == version), None)

    @property
    def told(self) -> str:
        """Who says so, and for when."""
        return f"{self.source}, {self.as_of or 'undated'}"


class Answer(BaseModel):
    """What is to be said of one database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    message: str
    remedy: str = ""


def made(version: str, offers: Offers) -> Answer:
    """Whether a database can be made with a version.

    Args:
        version: The version asked for; a major alone would leave the choice to the day of the deployment.
        offers: What RDS offers of its engine.
    """
    if not offers.offers:
        return Answer(
            status=Status.UNKNOWN,
            message=f"asks for {offers.engine} {version}, of which RDS lists no version at all ({offers.told})",
            remedy="Look whether this engine is offered in this region.",
        )
    found = offers.of(version)
    if found is not None and found.status == "available":
        return Answer(status=Status.PASS, message=f"asks for {offers.engine} {version}, which RDS offers ({offers.told})")
    can = f"can be created: {_listed(offers.creatable)} ({offers.told})"
    if found is not None and found.status not in {"available", "deprecated"}:
        return Answer(
            status=Status.UNKNOWN, message=f"asks for {offers.engine} {version}, of which RDS does not say whether it {can}"
        )
    part = any(within(each.version, version) for each in offers.offers) if version and not found else False
    why = (
        "which RDS has withdrawn" if found
        else "which leaves the minor version to the day of the deployment" if part
        else "which RDS does not list" if version else "no version"
    )  # fmt: skip
    asks = f"{offers.engine} {version}, {why}" if version else f"no version of {offers.engine}"
    return Answer(
        status=Status.FAIL,
        message=f"asks for {asks}; {can}",
        remedy="Run 01_version_discovery and plan with a version that can be created.",
    )


def moved(old: str, new: str, offers: Offers, *, major_allowed: bool) -> Answer:
    """Whether a database that runs one version can be moved to another, in place.

    Args:
        old: The version that it runs.
        new: The version asked for.
        offers: What RDS offers of its engine, with the ways that lead from each version.
        major_allowed: Whether the program sets ``allowMajorVersionUpgrade``.
    """
    step = f"{offers.engine} {old} to {new}"
    start = offers.of(old)
    targets = sorted(start.upgrade_targets, key=numbers) if start else []
    possible = f"from {old} RDS upgrades to {_listed(targets) if targets else 'no version that it names'} ({offers.told})"
    remedy = f"Ask for one of {_listed(targets)}." if targets else f"Keep {old}, or make a new database and move the data."
    if within(old, new):
        return Answer(status=Status.PASS, message=f"stays at {offers.engine} {old}, which is {new} as asked for")
    if numbers(new) < numbers(old):
        return Answer(status=Status.FAIL, message=f"goes back from {step}: RDS never does; {possible}", remedy=remedy)
    if targets and new not in targets:
        return Answer(status=Status.FAIL, message=f"goes from {step}, which is no upgrade path; {possible}", remedy=remedy)
    if (there := made(new, offers)).status is not Status.PASS:
        return there
    told = start.major_targets if start else ()
    major = new in told if told else line(offers.engine, old) != line(offers.engine, new)
    if not targets and major:
        message = f"goes from {step}, and nobody says whether there is a way ({offers.told})"
        return Answer(
            status=Status.UNKNOWN, message=message, remedy="Plan against AWS, whose catalogue names the ways, or go by minors."
        )
    if major and not major_allowed:
        remedy = "Set allowMajorVersionUpgrade on the database, once the application is known to work with it."
        return Answer(
            status=Status.FAIL, message=f"goes from {step}, another major version, which it does not allow", remedy=remedy
        )
    return Answer(
        status=Status.PASS,
        message=f"goes from {step}, an upgrade that RDS {'names' if targets else 'makes within a major version'}",
    )


def within(version: str, prefix: str) -> bool:
    """Whether a version is one of those that a shorter one stands for: ``17.5`` of ``17``, ``8.0.40`` of ``8.0``."""
    return version.startswith(f"{prefix}.")


def line(engine: str, version: str) -> tuple[int, ...]:
    """The major version: PostgreSQL counts it in one number (since 10), MySQL and MariaDB in two (8.0 and 8.4)."""
    return numbers(version)[: 1 if "postgres" in engine else 2]


def numbers(version: str) -> tuple[int, ...]:
    """What versions of an engine are ordered by: ``8.0.mysql_aurora.3.04.0`` after ``8.0.mysql_aurora.3.02.1``."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _listed(versions: Iterable[str]) -> str:
    found = list(versions)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{', '.join(found[:_SHOWN])}{more}" if found else "none"
