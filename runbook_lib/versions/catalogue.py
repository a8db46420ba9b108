"""Reads what the RDS API offers right now, from AWS or from the emulator in its place."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from runbook_lib.errors import TargetError
from runbook_lib.lifecycle import ServiceLife, Support

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.aws import Aws
    from runbook_lib.days import Day

ENGINE = "postgres"
_MINOR = re.compile(r"^(?P<major>\d+)\.(?P<minor>\d+)(?:-rds\.(?P<patch>\d+))?(?:-R(?P<revision>\d+))?$")
_STANDARD, _EXTENDED = "open-source-rds-standard-support", "open-source-rds-extended-support"
_NO_SUCH_COMBINATION = frozenset({"InvalidParameterCombination", "InvalidParameterValue"})
_NOT_ALLOWED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class Facts(BaseModel):
    """Base of the immutable records here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Offer(Facts):
    """One engine version as the API lists it.

    Attributes:
        status: ``available``, ``deprecated``, or empty where the API does not say.
        upgrade_targets: Where it can be upgraded to.
        major_targets: Those of them that are another major version.
    """

    version: str
    status: str
    upgrade_targets: tuple[str, ...] = ()
    major_targets: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, int, int, int]:
        """What versions of an engine are ordered by: 14.9 is older than 14.24."""
        return version_order(self.version) or (0, 0, 0, 0)

    @property
    def major(self) -> int:
        """The major version."""
        return self.order[0]


class Orderable(Facts):
    """Whether an instance class can be had with a version, and how."""

    version: str
    offered: bool
    multi_az: bool = False
    encrypted: bool = False
    zones: tuple[str, ...] = ()
    """The availability zones in which it can be had, by name."""

    @property
    def suitable(self) -> bool:
        """Whether it can be had as the stack needs it: an encrypted Multi-AZ pair."""
        return self.offered and self.multi_az and self.encrypted


class Catalogue(Facts):
    """What the API answered.

    Attributes:
        orderable: For versions of the major asked for, newest (or oldest) first, up to the first suitable one.
        lifecycle: Support dates that AWS itself told, by major version; empty where the API does not tell.
        source: Who answered, in words that say whether it was AWS.
        as_of: The day the answer is true for; ``None`` where that is not known.
    """

    offers: tuple[Offer, ...]
    orderable: tuple[Orderable, ...]
    lifecycle: dict[int, Support]
    source: str
    as_of: date | None
    emulated: bool


def version_order(version: str) -> tuple[int, int, int, int] | None:
    """The numbers an exact version is ordered by; ``None`` for anything else, a bare major such as ``17`` included.

    Catalogues made from AWS's answers carry majors beside the exact versions, and a major says nothing about its minors.
    """
    found = _MINOR.match(version)
    if not found:
        return None
    return int(found["major"]), int(found["minor"]), int(found["patch"] or 0), int(found["revision"] or 0)


def read(aws: Aws, *, major: int, instance_class: str, day: Day, oldest: bool = False) -> Catalogue:
    """Ask the RDS API; ``oldest`` looks for an instance class from the oldest minor on.

    Raises:
        TargetError: No answer, or an error instead of one.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        listed = tuple(sorted(offers(aws, ENGINE), key=lambda offer: offer.order, reverse=True))
        return Catalogue(
            offers=listed,
            orderable=tuple(_orderable(aws, listed[::-1] if oldest else listed, major, instance_class)),
            lifecycle=_lifecycle(aws, day.today),
            source=day.source,
            as_of=day.as_of,
            emulated=aws.target.emulated,
        )
    except (BotoCoreError, ClientError) as error:
        raise TargetError(
            f"The RDS API in {aws.target.region} does not list PostgreSQL versions: {error}",
            remedy="Check the network and that rds:DescribeDBEngineVersions and "
            "rds:DescribeOrderableDBInstanceOptions are allowed.",
        ) from error


def offers(aws: Aws, engine: str) -> Iterator[Offer]:
    """Every version of an engine that RDS lists.

    Raises:
        ClientError, BotoCoreError: RDS does not say.
    """
    # Without IncludeAll a withdrawn version is missing, and cannot be told from one that never was.
    for item in aws.pages("rds", "describe_db_engine_versions", "DBEngineVersions", Engine=engine, IncludeAll=True):
        if engine != ENGINE or version_order(item["EngineVersion"]):
            ways = item.get("ValidUpgradeTarget", ())
            yield Offer(
                version=item["EngineVersion"],
                status=item.get("Status", "").lower(),
                upgrade_targets=tuple(way["EngineVersion"] for way in ways),
                major_targets=tuple(way["EngineVersion"] for way in ways if way.get("IsMajorVersionUpgrade")),
            )


def _orderable(aws: Aws, offers: tuple[Offer, ...], major: int, instance_class: str) -> Iterator[Orderable]:
    for offer in offers:
        if offer.major != major or offer.status != "available":
            continue
        options = list(_options(aws, offer.version, instance_class))
        found = Orderable(
            version=offer.version,
            offered=bool(options),
            multi_az=any(option.get("MultiAZCapable") for option in options),
            encrypted=any(option.get("SupportsStorageEncryption") for option in options),
            zones=tuple(sorted({zone["Name"] for option in options for zone in option.get("AvailabilityZones") or ()})),
        )
        yield found
        if found.suitable:
            return


def _options(aws: Aws, version: str, instance_class: str) -> Iterator[dict[str, Any]]:
    from botocore.exceptions import ClientError

    try:
        yield from aws.pages(
            "rds",
            "describe_orderable_db_instance_options",
            "OrderableDBInstanceOptions",
            Engine=ENGINE,
            EngineVersion=version,
            DBInstanceClass=instance_class,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_SUCH_COMBINATION:
            raise


def lives(aws: Aws, engine: str, today: date) -> dict[str, ServiceLife]:
    """AWS's own support dates of an engine, by major version; empty where the caller may not ask, or the emulator has none.

    Raises:
        ClientError, BotoCoreError: RDS does not say for another reason.
    """
    from botocore.exceptions import ClientError

    found = {}
    try:
        for item in aws.pages("rds", "describe_db_major_engine_versions", "DBMajorEngineVersions", Engine=engine):
            ends = {
                life["LifecycleSupportName"]: life["LifecycleSupportEndDate"].date()
                for life in item.get("SupportedEngineLifecycles", ())
            }
            if _STANDARD in ends:
                found[item["MajorEngineVersion"]] = ServiceLife(
                    service=f"rds-{engine}",
                    cycle=item["MajorEngineVersion"],
                    standard_end=ends[_STANDARD],
                    extended_end=ends.get(_EXTENDED),
                    source="RDS API DescribeDBMajorEngineVersions",
                    as_of=today,
                )
    except ClientError as error:
        if not aws.target.emulated and error.response["Error"]["Code"] not in _NOT_ALLOWED:
            raise
    return found


def _lifecycle(aws: Aws, today: date) -> dict[int, Support]:
    told = {cycle: life for cycle, life in lives(aws, ENGINE, today).items() if cycle.isdigit() and life.standard_end}
    return {
        int(cycle): Support(major=int(cycle), **life.model_dump(exclude={"service", "cycle"})) for cycle, life in told.items()
    }
