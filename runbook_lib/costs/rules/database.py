"""RDS for PostgreSQL and its secret."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib import lifecycle
from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Rule, Usage
from runbook_lib.costs.model import HOURS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE_INSIGHTS_DAYS = 7
_GP3_STRIPED_FROM_GB = 400  # from here RDS for PostgreSQL stripes gp3 over four volumes
_GP3_BASELINE = {False: (Decimal(3000), Decimal(125)), True: (Decimal(12000), Decimal(500))}  # IOPS, MiB/s


def instance(inputs: Inputs) -> Iterator[Item]:
    """Instance hours, storage, credentials, and Extended Support where it applies."""
    if inputs.text("engine") != "postgres":
        yield Gap(f"database, engine {inputs.text('engine') or 'not named'}", "only PostgreSQL has prices here")
        return
    if inputs.raw.get("multiAz") not in (None, True, False):
        yield Gap("database", "whether it is Multi-AZ is known only after the deployment")
        return
    size, zones = inputs.text("instanceClass"), "multi" if inputs.flag("multiAz") else "single"
    # A pair has rates of its own: 0.065 beside 0.032 for db.t4g.small, so doubling would be wrong.
    yield Fixed(f"PostgreSQL {size}, {_spoken(zones)}", f"rds.pg.{size}.{zones}")
    yield from _storage(inputs, zones)
    yield from _extended_support(inputs, size, zones)
    if inputs.flag("manageMasterUserPassword"):
        yield Fixed("secret managed by RDS", "secrets.month", Decimal(1))
        yield Usage("Secrets Manager requests", "secrets.api", "secret_requests")
    if (inputs.number("performanceInsightsRetentionPeriod") or 0) > _FREE_INSIGHTS_DAYS:
        yield Gap("Performance Insights", f"retention over {_FREE_INSIGHTS_DAYS} days has no price here")
    if inputs.number("monitoringInterval"):
        yield Usage("log data ingested", "cw.logs.ingest", "log_gb")
    if size.startswith(("db.t3.", "db.t4g.")):
        yield Usage("CPU credits beyond the earned ones", "rds.cpucredits", "cpu_credit_hours")
    yield Usage("backup storage beyond the free allocation", "rds.backup", "backup_gb")
    yield Usage("data between zones, each direction", "dt.crossaz", "cross_az_gb")


def _storage(inputs: Inputs, zones: str) -> Iterator[Item]:
    kind = inputs.text("storageType", "io1" if inputs.number("iops") else "gp2")
    size = inputs.number("allocatedStorage")
    # The Multi-AZ storage price counts both copies already.
    yield Fixed(f"{kind} storage, {_spoken(zones)}", f"rds.storage.{kind}.{zones}", size, Kind.CAPACITY)
    if kind != "gp3":
        return
    iops, throughput = _GP3_BASELINE[(size or 0) >= _GP3_STRIPED_FROM_GB]
    if (extra := (inputs.number("iops") or iops) - iops) > 0:
        yield Fixed(f"gp3 IOPS above {iops}", f"rds.gp3.iops.{zones}", extra, Kind.CAPACITY)
    if (inputs.number("storageThroughput") or throughput) > throughput:
        yield Gap("gp3 throughput", f"more than {throughput} MiB/s has no price here")


def _extended_support(inputs: Inputs, size: str, zones: str) -> Iterator[Item]:
    """RDS enrols by default, silently, and charges the standby as well."""
    if inputs.text("engineLifecycleSupport").endswith("-disabled"):
        return
    version = inputs.text("engineVersion")
    major = re.match(r"(\d+)(?:\.|$)", version)
    support = lifecycle.postgresql().get(int(major[1])) if major else None
    if support is None:
        yield Gap("Extended Support", f"the support dates of PostgreSQL {version or '(no version given)'} are not known")
    elif support.phase(inputs.today) is not lifecycle.Phase.STANDARD:
        yield Fixed(
            f"Extended Support, PostgreSQL {support.major}, {_spoken(zones)}",
            support.extended_price_key(inputs.today),
            vcpu_hours(size, multi_az=zones == "multi"),
        )


def vcpu_hours(instance_class: str, *, multi_az: bool) -> Decimal | None:
    """The vCPU-hours a month that Extended Support is charged for, or ``None`` for an unknown class."""
    vcpus = lifecycle.vcpus(instance_class)
    return None if vcpus is None else HOURS * vcpus * (2 if multi_az else 1)


def secret(_: Inputs) -> Iterator[Item]:
    """A secret, by the month."""
    yield Fixed("secret", "secrets.month", Decimal(1))
    yield Usage("Secrets Manager requests", "secrets.api", "secret_requests")


def _spoken(zones: str) -> str:
    return "Multi-AZ" if zones == "multi" else "Single-AZ"


RULES: dict[str, Rule] = {
    "aws:rds/instance:Instance": instance,
    "aws:secretsmanager/secret:Secret": secret,
}
