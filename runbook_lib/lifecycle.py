"""How long versions are supported: dated tables, and the arithmetic on them.

The tables in ``runbook_lib/data/lifecycle_*.csv`` name their source and its date row by row. Where AWS itself tells the
dates (``DescribeDBMajorEngineVersions``), ``versions`` puts those in place of a row.
"""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXTENDED_SUPPORT_CHEAPER_YEARS = 2  # years 1 and 2 have one rate, year 3 another
_FAMILIES = re.compile(r"^db\.(?P<family>t3|t4g|m5|m6g|m6i|m7g|m7i|r5|r6g|r6i|r7g|r7i)\.(?P<times>\d*)(?P<size>[a-z]+)$")


class Phase(StrEnum):
    """Where a version is in its life."""

    STANDARD = "standard support"
    EXTENDED = "extended support"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Support(BaseModel):
    """The support dates of one PostgreSQL major version on RDS; each end is the last day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    major: int
    standard_end: date
    extended_end: date | None
    source: str
    as_of: date

    def phase(self, today: date) -> Phase:
        """Where the version is in its life; without an end of Extended Support on record, it has not come yet."""
        if today <= self.standard_end:
            return Phase.STANDARD
        return Phase.ENDED if self.extended_end and today > self.extended_end else Phase.EXTENDED

    @property
    def extended_start(self) -> date:
        """The first day that Extended Support is charged."""
        return self.standard_end + timedelta(days=1)

    @property
    def extended_dearer(self) -> date:
        """The first day that Extended Support is charged at the rate of its third year."""
        start = self.extended_start
        leap = timedelta(days=start.month == 2 and start.day == 29)  # noqa: PLR2004 - 29 February: two years on, 1 March
        return (start + leap).replace(year=start.year + _EXTENDED_SUPPORT_CHEAPER_YEARS)

    def extended_price_key(self, day: date) -> str:
        """The price list's key for Extended Support on a day (the first day of it, if that is later)."""
        return "rds.extsupport.pg.yr1_2" if day < self.extended_dearer else "rds.extsupport.pg.yr3"


class ServiceLife(BaseModel):
    """The support dates of one version line of a service; ``None`` where AWS has announced none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    cycle: str
    """E.g. ``1.33`` of ``eks``, ``7`` of ``elasticache-redis``."""
    standard_end: date | None
    extended_end: date | None
    source: str
    as_of: date


class RuntimeLife(BaseModel):
    """The dates of one Lambda runtime; ``None`` where AWS names none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: str
    deprecated: date
    create_block: date | None
    update_block: date | None
    successor: str
    source: str
    as_of: date


@cache
def postgresql() -> dict[int, Support]:
    """The bundled support dates by major version."""
    return {
        int(row["major"]): Support(
            major=int(row["major"]),
            standard_end=date.fromisoformat(row["standard_support_end"]),
            extended_end=_day(row["extended_support_end"]),
            source=row["source"],
            as_of=date.fromisoformat(row["as_of"]),
        )
        for row in _rows("lifecycle_postgresql.csv")
    }


@cache
def lambda_runtimes() -> dict[str, RuntimeLife]:
    """The bundled dates of the runtimes by name, e.g. ``python3.13``."""
    return {
        row["runtime"]: RuntimeLife(
            runtime=row["runtime"],
            deprecated=date.fromisoformat(row["deprecated"]),
            create_block=_day(row["create_block"]),
            update_block=_day(row["update_block"]),
            successor=row["successor"],
            source=row["source"],
            as_of=date.fromisoformat(row["as_of"]),
        )
        for row in _rows("lifecycle_lambda.csv")
    }


def line_of(lives: Mapping[str, ServiceLife], version: str) -> ServiceLife | None:
    """The version line that a version is of: ``7`` for ``7.1``, ``2.11`` for ``OpenSearch_2.11``, ``8.0`` for Aurora MySQL's.

    An OpenSearch domain may run Elasticsearch (``Elasticsearch_7.10``), which is no line of OpenSearch's.

    Args:
        lives: Of one service, by version line.
        version: E.g. ``8.0.mysql_aurora.3.04.0``.
    """
    parts = version.removeprefix("OpenSearch_").split(".")
    lines = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((lives[line] for line in lines if line in lives), None)


def lives_of(service: str) -> dict[str, ServiceLife]:
    """The bundled dates of one service, by version line."""
    return {cycle: life for (name, cycle), life in services().items() if name == service}


@cache
def services() -> dict[tuple[str, str], ServiceLife]:
    """The bundled dates of other services' versions, by service and version line."""
    return {
        (row["service"], row["cycle"]): ServiceLife(
            service=row["service"],
            cycle=row["cycle"],
            standard_end=_day(row["standard_support_end"]),
            extended_end=_day(row["extended_support_end"]),
            source=row["source"],
            as_of=date.fromisoformat(row["as_of"]),
        )
        for row in _rows("lifecycle_services.csv")
    }


def vcpus(instance_class: str) -> int | None:
    """The vCPUs of an RDS instance class, e.g. 2 for ``db.t3.medium``; ``None`` for a family not known here."""
    found = _FAMILIES.match(instance_class)
    if not found:
        return None
    burstable = found["family"].startswith("t")
    match found["times"], found["size"]:
        case "", "micro" | "small" | "medium" if burstable:
            return 2
        case "", "large":
            return 2
        case times, "xlarge":
            return 4 * int(times or 1)
    return None


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("runbook_lib") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
