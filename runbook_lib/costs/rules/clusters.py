"""Clusters of databases: Aurora, Multi-AZ clusters of RDS, DocumentDB and Neptune."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS, Kind
from runbook_lib.costs.rules.database import insights
from runbook_lib.costs.rules.priced import Priced, is_on, plain, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_IO_OPTIMIZED = "aurora-iopt1"
_ENGINES = {"aurora-postgresql": "pg", "aurora-mysql": "mysql"}
_SERVERLESS = "db.serverless"
_BURSTING = ("db.t3.", "db.t4g.")


def aurora(inputs: Inputs) -> Iterator[Item]:
    """Storage, I/O and backups; the instances are resources of their own."""
    engine = inputs.text("engine", "aurora-mysql")
    if engine not in _ENGINES:
        yield Gap(f"Multi-AZ cluster, engine {engine}", "only Aurora clusters have a price")
        return
    if inputs.text("engineMode") == "serverless":
        yield Usage("Aurora Serverless v1 capacity", "aurora.acu.v1", "aurora_acu_hours")
    if inputs.text("storageType") == _IO_OPTIMIZED:
        yield Usage("Aurora storage, I/O-Optimized", "aurora.storage.iopt", "aurora_gb")
        yield Gap("instances of an I/O-Optimized cluster", "their lines show the standard rate, which is lower")
    else:
        yield Usage("Aurora storage", "aurora.storage", "aurora_gb")
        yield Usage("Aurora I/O requests", "aurora.io", "aurora_ios")
    yield Usage("Aurora backups beyond the free allocation", "aurora.backup", "aurora_backup_gb")
    if inputs.flag("manageMasterUserPassword"):
        yield Fixed("secret managed by RDS", "secrets.month", Decimal(1))
        yield Usage("Secrets Manager requests", "secrets.api", "secret_requests")
    if inputs.items("enabledCloudwatchLogsExports") != []:
        yield Usage("log data ingested", "cw.logs.ingest", "log_gb")
    if not inputs.text("engineLifecycleSupport").endswith("-disabled"):
        yield Gap("Extended Support", "when support of Aurora's versions ends is not known here; it enrols by default")
    if inputs.text("databaseInsightsMode", "standard") != "standard":
        yield Gap("Database Insights", "it is charged by the vCPUs of the instances, which the cluster's inputs do not tell")


def aurora_instance(inputs: Inputs) -> Iterator[Item]:
    """Instance hours; capacity units of a serverless one."""
    size, engine = inputs.text("instanceClass"), inputs.text("engine")
    if engine not in _ENGINES:
        yield Gap(f"cluster instance, engine {engine or 'not named'}", "only Aurora's have a price")
        return
    # The cluster says whether it is I/O-Optimized, where an hour costs about 30 % more: the instance cannot tell.
    if size == _SERVERLESS:
        yield Usage("Aurora capacity units, standard storage", "aurora.acu.v2", "aurora_acu_hours")
    else:
        yield Fixed(f"Aurora {size}, standard storage", f"aurora.{_ENGINES[engine]}.{size}")
    yield from insights(inputs, size)
    if inputs.number("monitoringInterval"):
        yield Usage("log data ingested", "cw.logs.ingest", "log_gb")
    if inputs.flag("publiclyAccessible"):
        yield Fixed("public IPv4 address", "ipv4.inuse")
    if size.startswith(_BURSTING):
        yield Usage("CPU credits beyond the earned ones", "aurora.cpucredits", "cpu_credit_hours")


def storage_of(service: str, name: str) -> Callable[[Inputs], Iterator[Item]]:
    """Storage, I/O and backups of a cluster of DocumentDB or Neptune."""

    def charges(inputs: Inputs) -> Iterator[Item]:
        if inputs.text("storageType", "standard") == "standard":
            yield Usage(f"{name} storage", f"{service}.storage", f"{service}_gb")
            yield Usage(f"{name} I/O requests", f"{service}.io", f"{service}_ios")
        else:
            yield Gap(f"{name} storage, {inputs.text('storageType')}", "it has no price here")
            yield Gap(f"{name} instances of an I/O-Optimized cluster", "their lines show the standard rate, which is lower")
        yield Usage(f"{name} backups beyond the free allocation", f"{service}.backup", f"{service}_backup_gb")
        if service == "docdb" and inputs.text("engineVersion").startswith("3.6"):
            yield Gap("Extended Support of DocumentDB 3.6", "it has no price here")
        if is_on(inputs.raw.get("manageMasterUserPassword")):
            yield Fixed("managed secret", "secrets.month", Decimal(1))

    return charges


def instance_of(service: str, name: str) -> Callable[[Inputs], Iterator[Item]]:
    """Hours of an instance of DocumentDB or Neptune."""

    def charges(inputs: Inputs) -> Iterator[Item]:
        size = inputs.text("instanceClass")
        if size == _SERVERLESS:
            yield Gap(f"{name} capacity units", "they have no price here")
            return
        yield Fixed(f"{name} {size}", f"{service}.node.{size}", HOURS, Kind.FIXED)
        if size.startswith(_BURSTING):
            yield Usage("CPU credits beyond the earned ones", f"{service}.cpucredits", "cpu_credit_hours")
        if inputs.flag("publiclyAccessible"):
            yield Fixed("public IPv4 address", "ipv4.inuse")

    return charges


def _kept(service: str, name: str) -> Usage:
    return Usage(f"{name} backups beyond the free allocation", f"{service}.backup", f"{service}_backup_gb")


_EXPORTS = "logs that the cluster exports"

RULES = table(
    Priced(
        "aws:rds/cluster:Cluster",
        aurora,
        "engine engineMode storageType manageMasterUserPassword enabledCloudwatchLogsExports engineLifecycleSupport "
        "databaseInsightsMode backupRetentionPeriod",
        {
            "backtrackWindow": "change records for backtracking",
            "globalClusterIdentifier": "replicated writes of a global database",
            "enableHttpEndpoint": "calls of the Data API",
            "dbClusterInstanceClass": "instances of a Multi-AZ cluster",
            "allocatedStorage": "storage of a Multi-AZ cluster",
            "iops": "IOPS of a Multi-AZ cluster",
            "clusterScalabilityType": "Aurora Limitless",
            "performanceInsightsRetentionPeriod": "Performance Insights of the cluster",
            "monitoringInterval": "enhanced monitoring of the cluster",
            "publiclyAccessible": "public addresses of the cluster",
        },
    ),
    Priced(
        "aws:rds/clusterInstance:ClusterInstance",
        aurora_instance,
        "engine instanceClass performanceInsightsRetentionPeriod monitoringInterval publiclyAccessible",
        {"customIamInstanceProfile": "RDS Custom"},
    ),
    Priced(
        "aws:rds/clusterSnapshot:ClusterSnapshot",
        plain(Usage("Aurora backups beyond the free allocation", "aurora.backup", "aurora_backup_gb")),
    ),
    Priced(
        "aws:rds/globalCluster:GlobalCluster",
        plain(Gap("replicated writes of a global database", "they have no price here")),
        "engine",
    ),
    Priced(
        "aws:docdb/cluster:Cluster",
        storage_of("docdb", "DocumentDB"),
        "storageType manageMasterUserPassword backupRetentionPeriod engineVersion",
        {"enabledCloudwatchLogsExports": _EXPORTS, "globalClusterIdentifier": "replicated writes of a global cluster"},
    ),
    Priced(
        "aws:docdb/clusterInstance:ClusterInstance",
        instance_of("docdb", "DocumentDB"),
        "instanceClass",
        {"enablePerformanceInsights": "Performance Insights"},
    ),
    Priced("aws:docdb/clusterSnapshot:ClusterSnapshot", plain(_kept("docdb", "DocumentDB"))),
    Priced(
        "aws:neptune/cluster:Cluster",
        storage_of("neptune", "Neptune"),
        "storageType backupRetentionPeriod",
        {"enableCloudwatchLogsExports": _EXPORTS, "globalClusterIdentifier": "replicated writes of a global cluster"},
    ),
    Priced("aws:neptune/clusterInstance:ClusterInstance", instance_of("neptune", "Neptune"), "instanceClass publiclyAccessible"),
    Priced("aws:neptune/clusterSnapshot:ClusterSnapshot", plain(_kept("neptune", "Neptune"))),
)
