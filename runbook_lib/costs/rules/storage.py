"""S3 buckets and their settings, EFS, FSx and backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Kind
from runbook_lib.costs.rules.priced import Priced, is_on, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator


def bucket(inputs: Inputs) -> Iterator[Item]:
    """Standard storage, non-current versions included."""
    yield Usage("S3 storage", "s3.std", "s3_gb")
    yield Usage("S3 PUT, COPY, POST, LIST", "s3.put", "s3_puts")
    yield Usage("S3 GET and other", "s3.get", "s3_gets")
    yield from _transitions(inputs, "lifecycleRules")


def lifecycle(inputs: Inputs) -> Iterator[Item]:
    """Expiry is free; a transition is charged by request and by the new class."""
    yield from _transitions(inputs, "rules")


def _transitions(inputs: Inputs, name: str) -> Iterator[Item]:
    rules = inputs.objects(name)
    moves = [rule.objects(name) for rule in rules or () for name in ("transitions", "noncurrentVersionTransitions")]
    if rules is None or None in moves:
        yield Gap("lifecycle transitions", "they are known only after the deployment")
        return
    for storage_class in sorted({move.text("storageClass") for group in moves for move in group or ()}):
        if storage_class == "GLACIER_IR":
            yield Usage("Glacier Instant Retrieval storage", "s3.gir.storage", "archive_gb")
            yield Usage("transitions to Glacier Instant Retrieval", "s3.gir.put", "s3_puts")
        else:
            yield Gap(f"storage class {storage_class}", "it has no price here")


def acceleration(inputs: Inputs) -> Iterator[Item]:
    """Charged by the GB that comes or goes over it; a suspended one is free."""
    if inputs.text("status") != "Suspended":
        yield Gap("transfer acceleration", "it has no price here")


def inventory(inputs: Inputs) -> Iterator[Item]:
    """Charged by the million objects it lists."""
    yield Usage("objects listed by an inventory", "s3.inventory", "s3_objects_listed")
    if inputs.objects("destination") is None:
        yield Gap("inventory's destination", "it is known only after the deployment")


def file_system(inputs: Inputs) -> Iterator[Item]:
    """Storage by class; throughput where it is provisioned or elastic."""
    zone = "onezone" if inputs.text("availabilityZoneName") else "standard"
    yield Usage(f"EFS storage, {zone}", f"efs.{zone}", "efs_gb")
    policies = inputs.objects("lifecyclePolicies")
    if policies is None or any(is_on(p.raw.get("transitionToArchive")) for p in policies):
        yield Gap("EFS archive storage", "it has no price here")
    if any(is_on(p.raw.get("transitionToIa")) for p in policies or ()):
        yield Usage(f"EFS infrequent access storage, {zone}", f"efs.{zone}.ia", "efs_ia_gb")
        yield Usage("EFS infrequent access, read and written", "efs.ia.access", "efs_ia_access_gb")
    match inputs.text("throughputMode", "bursting"):
        case "provisioned":
            throughput = inputs.number("provisionedThroughputInMibps")
            # AWS deducts what the storage itself brings (50 KiB/s a GB); how much that is, is not known before.
            yield Fixed("EFS provisioned throughput, at most", "efs.throughput", throughput, Kind.CAPACITY)
        case "bursting":
            pass
        case mode:
            yield Gap(f"EFS throughput, {mode}", "what is read and written has no price here")


def fsx(inputs: Inputs) -> Iterator[Item]:
    """Storage and throughput that were provisioned; prices differ by deployment, medium and throughput."""
    yield Gap(f"file system's storage, {inputs.text('storageCapacity') or 'unknown'} GiB", "FSx has no price here")
    yield Gap("file system's throughput and IOPS", "FSx has no price here")


def backup_plan(inputs: Inputs) -> Iterator[Item]:
    """A plan makes recovery points, and those are charged by what they hold and for how long."""
    rules = inputs.objects("rules")
    yield Gap("recovery points", f"{'an unknown number of' if rules is None else len(rules)} rules; AWS Backup has no price here")


_REPLICATION = {"replicationConfiguration": "replication: requests, transfer and storage of the copies"}
_FSX = "storageCapacity storageType throughputCapacity deploymentType"
_FSX_BACKUPS = {"automaticBackupRetentionDays": "backups", "diskIopsConfiguration": "IOPS beyond what storage brings"}

RULES = table(
    Priced(
        "aws:s3/bucket:Bucket",
        bucket,
        "lifecycleRules",
        _REPLICATION | {"accelerationStatus": "transfer acceleration"},
    ),
    Priced(
        "aws:s3/bucketV2:BucketV2",
        bucket,
        "lifecycleRules",
        {"replicationConfigurations": _REPLICATION["replicationConfiguration"], "accelerationStatus": "transfer acceleration"},
    ),
    Priced("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", lifecycle, "rules"),
    Priced("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", lifecycle, "rules"),
    Priced(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        plain(Gap("replication", "requests, transfer and storage of the copies have no price here")),
        "rules",
    ),
    Priced("aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration", acceleration, "status"),
    Priced(
        "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
        plain(Gap("Intelligent-Tiering", "its monitoring and its tiers have no price here")),
        "tierings status",
    ),
    Priced("aws:s3/inventory:Inventory", inventory, "destination enabled schedule optionalFields"),
    Priced(
        "aws:s3/analyticsConfiguration:AnalyticsConfiguration",
        plain(Usage("objects monitored by storage class analysis", "s3.analytics", "s3_objects_monitored")),
        "storageClassAnalysis",
    ),
    Priced(
        "aws:efs/fileSystem:FileSystem",
        file_system,
        "availabilityZoneName lifecyclePolicies lifecyclePolicies.transitionToIa lifecyclePolicies.transitionToArchive "
        "throughputMode provisionedThroughputInMibps",
    ),
    Priced(
        "aws:efs/replicationConfiguration:ReplicationConfiguration",
        plain(Gap("EFS replication", "the copy's storage and what is sent to it have no price here")),
        "destination",
    ),
    Priced(
        "aws:fsx/lustreFileSystem:LustreFileSystem",
        fsx,
        f"{_FSX} perUnitStorageThroughput driveCacheType dataCompressionType",
        {
            "automaticBackupRetentionDays": "backups",
            "metadataConfiguration": "metadata IOPS",
            "dataReadCacheConfiguration": "read cache",
        },
    ),
    Priced("aws:fsx/windowsFileSystem:WindowsFileSystem", fsx, _FSX, _FSX_BACKUPS),
    Priced("aws:fsx/openZfsFileSystem:OpenZfsFileSystem", fsx, _FSX, _FSX_BACKUPS | {"readCacheConfiguration": "read cache"}),
    Priced("aws:fsx/ontapFileSystem:OntapFileSystem", fsx, f"{_FSX} throughputCapacityPerHaPair haPairs", _FSX_BACKUPS),
    Priced(
        "aws:backup/plan:Plan",
        backup_plan,
        "rules",
        {"scanSettings": "malware scans of recovery points"},
    ),
)
