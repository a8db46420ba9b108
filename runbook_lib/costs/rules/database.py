"""RDS for PostgreSQL, proxies, snapshots and secrets."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib import lifecycle
from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS, Kind
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE_INSIGHTS_DAYS = 7
_GP3_STRIPED_FROM_GB = 400  # from here RDS for PostgreSQL stripes gp3 over four volumes
_GP3_BASELINE = {False: (Decimal(3000), Decimal(125)), True: (Decimal(12000), Decimal(500))}  # IOPS, MiB/s


def instance(inputs: Inputs) -> Iterator[Item]:
    """Instance hours, storage, credentials, and Extended Support where it applies."""
    if inputs.text("engine") != "postgres":
        of = "not named, as a replica's or a restored one's" if not inputs.text("engine") else inputs.text("engine")
        yield Gap(f"database, engine {of}", "only PostgreSQL has prices here")
        return
    if inputs.raw.get("multiAz") not in (None, True, False, "true", "false"):
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
    yield from insights(inputs, size, copies=2 if zones == "multi" else 1)
    if inputs.flag("publiclyAccessible"):
        # How many addresses a pair holds is not documented.
        yield Fixed("public IPv4 address", "ipv4.inuse", HOURS if zones == "single" else None)
    if inputs.number("monitoringInterval") or inputs.items("enabledCloudwatchLogsExports") != []:
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
    if kind in ("io1", "io2"):
        yield Fixed(f"{kind} IOPS, {_spoken(zones)}", f"rds.{kind}.iops.{zones}", inputs.number("iops"), Kind.CAPACITY)
    elif kind == "standard":
        yield Gap("requests of magnetic storage", "they have no price here")
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


def insights(inputs: Inputs, size: str, *, copies: int = 1) -> Iterator[Item]:
    """Database Insights in its advanced mode, by the vCPU; else Performance Insights kept longer than the free week."""
    mode = inputs.text("databaseInsightsMode", "standard")
    if mode != "standard":
        vcpus = lifecycle.vcpus(size)
        quantity = None if vcpus is None else HOURS * vcpus * copies
        yield Fixed(f"Database Insights, {mode}", "rds.insights.advanced", quantity)
    elif (inputs.count("performanceInsightsRetentionPeriod", 0) or 0) > _FREE_INSIGHTS_DAYS:
        yield Gap("Performance Insights", f"retention over {_FREE_INSIGHTS_DAYS} days has no price here")


def secret(inputs: Inputs) -> Iterator[Item]:
    """A secret, by the month; each replica in another region is a secret of its own."""
    replicas = inputs.items("replicas")
    if replicas:
        yield Fixed("secret and its replicas, each", "secrets.month", Decimal(1 + len(replicas)))
    else:
        yield Fixed("secret", "secrets.month", None if replicas is None else Decimal(1))
    yield Usage("Secrets Manager requests", "secrets.api", "secret_requests")


_SNAPSHOT = Usage("snapshot storage beyond the free allocation", "rds.backup", "backup_gb")


def _spoken(zones: str) -> str:
    return "Multi-AZ" if zones == "multi" else "Single-AZ"


RULES = table(
    Priced(
        "aws:rds/instance:Instance",
        instance,
        "engine engineVersion engineLifecycleSupport instanceClass multiAz allocatedStorage storageType iops storageThroughput "
        "manageMasterUserPassword performanceInsightsRetentionPeriod databaseInsightsMode monitoringInterval publiclyAccessible "
        "enabledCloudwatchLogsExports backupRetentionPeriod",
        {
            "dedicatedLogVolume": "dedicated log volume",
            "blueGreenUpdate": "the second instance while a blue/green update runs",
            "customIamInstanceProfile": "RDS Custom",
            "backupTarget": "backups on an Outpost",
            "customerOwnedIpEnabled": "an instance on an Outpost",
        },
    ),
    Priced(
        "aws:rds/proxy:Proxy",
        plain(Gap("proxy", "it is charged by the vCPUs of the database behind it, which its inputs do not tell")),
        "engineFamily",
    ),
    Priced("aws:rds/snapshot:Snapshot", plain(_SNAPSHOT)),
    Priced("aws:secretsmanager/secret:Secret", secret, "replicas replicas.region", {"type": "managed external secret"}),
)
