"""DynamoDB and DAX, caches, search, and Redshift."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS, Kind
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator


def dynamodb_table(inputs: Inputs) -> Iterator[Item]:
    """Capacity of the table and of every index, or requests; storage; a copy in each replica's region."""
    replicas = inputs.items("replicas")
    if inputs.text("tableClass", "STANDARD") != "STANDARD":
        yield Gap("table", f"class {inputs.text('tableClass')} has no price here")
        return
    if inputs.text("billingMode", "PROVISIONED") == "PAY_PER_REQUEST":
        yield Usage("DynamoDB write requests", "dynamodb.write", "dynamodb_writes")
        yield Usage("DynamoDB read requests", "dynamodb.read", "dynamodb_reads")
    else:
        yield from _capacity(inputs)
    yield Usage("DynamoDB storage", "dynamodb.storage", "dynamodb_gb")
    if replicas is None or replicas:
        count = "unknown" if replicas is None else len(replicas)
        yield Gap(f"replicas: {count}", "their writes, storage and transfer have prices of their own regions")
    if inputs.nested("pointInTimeRecovery").flag("enabled"):
        yield Usage("DynamoDB point-in-time recovery", "dynamodb.pitr", "dynamodb_gb")
    if inputs.flag("streamEnabled"):
        yield Usage("DynamoDB stream reads", "dynamodb.stream", "dynamodb_stream_reads")


def _capacity(inputs: Inputs) -> Iterator[Item]:
    indexes = inputs.objects("globalSecondaryIndexes")
    for what, name, key in (("write", "writeCapacity", "dynamodb.wcu"), ("read", "readCapacity", "dynamodb.rcu")):
        each = [inputs.number(name), *(index.number(name) for index in indexes or ())]
        unknown = indexes is None or None in each
        total = None if unknown else sum((count for count in each if count is not None), Decimal(0))
        quantity = None if total is None else total * HOURS
        yield Fixed(f"DynamoDB {what} capacity", key, quantity, Kind.CAPACITY)


def dax(inputs: Inputs) -> Iterator[Item]:
    """A month for every node."""
    yield Fixed(f"DAX {inputs.text('nodeType')}", f"dax.node.{inputs.text('nodeType')}", inputs.hours("replicationFactor"))


def cache(inputs: Inputs) -> Iterator[Item]:
    """Nodes by the hour; a member of a replication group is charged by its group's own node type."""
    engine = inputs.text("engine")
    if inputs.text("replicationGroupId"):
        yield Gap("member of a replication group", "its node type is the group's, which its inputs do not tell")
        return
    yield from _nodes(inputs, engine, inputs.hours("numCacheNodes"))


def replication_group(inputs: Inputs) -> Iterator[Item]:
    """Nodes: shards times their primary and replicas."""
    if inputs.raw.get("numCacheClusters") is not None:
        nodes = inputs.number("numCacheClusters")
    else:
        shards, replicas = inputs.count("numNodeGroups"), inputs.count("replicasPerNodeGroup", 0)
        nodes = None if shards is None or replicas is None else shards * (1 + replicas)
    yield from _nodes(inputs, inputs.text("engine", "redis"), None if nodes is None else HOURS * nodes)


def _nodes(inputs: Inputs, engine: str, hours: Decimal | None) -> Iterator[Item]:
    size = inputs.text("nodeType")
    if engine == "redis" and inputs.text("engineVersion").startswith(("4.", "5.")):
        yield Gap("Extended Support of Redis 4 and 5", "it has no price here")
    yield Fixed(f"{engine} {size}", f"elasticache.{engine or 'unknown'}.{size}", hours)
    if inputs.count("snapshotRetentionLimit", 0) != 0:
        yield Usage("cache backups", "elasticache.backup", "cache_backup_gb")
    if inputs.items("logDeliveryConfigurations") != []:
        yield Usage("log data ingested", "cw.logs.ingest", "log_gb")


def serverless_cache(inputs: Inputs) -> Iterator[Item]:
    """Data stored and processing units; a minimum is charged from the first hour."""
    engine = inputs.text("engine") or "unknown"
    yield Gap(f"serverless {engine} cache", "data stored and processing units, and their minimum, have no price here")


def memorydb(inputs: Inputs) -> Iterator[Item]:
    """Nodes: shards times their primary and replicas."""
    shards, replicas = inputs.count("numShards"), inputs.count("numReplicasPerShard")
    hours = None if shards is None or replicas is None else HOURS * shards * (1 + replicas)
    yield Fixed(f"MemoryDB {inputs.text('nodeType')}", f"memorydb.node.{inputs.text('nodeType')}", hours)
    yield Gap("MemoryDB data written", "it has no price here")


def domain(inputs: Inputs) -> Iterator[Item]:
    """Data nodes, dedicated masters and warm nodes by the hour, and a volume for every data node."""
    cluster, disk = inputs.nested("clusterConfig"), inputs.nested("ebsOptions")
    size = cluster.text("instanceType", "m4.large.search")
    count = cluster.count("instanceCount")
    yield Fixed(f"search node {size}", f"opensearch.node.{size}", cluster.hours("instanceCount"))
    if cluster.flag("dedicatedMasterEnabled"):
        master = cluster.text("dedicatedMasterType")
        yield Fixed(f"search master {master}", f"opensearch.node.{master}", cluster.hours("dedicatedMasterCount", 3))
    if cluster.flag("warmEnabled"):
        warm = cluster.text("warmType")
        yield Fixed(f"search warm node {warm}", f"opensearch.node.{warm}", cluster.hours("warmCount", 2))
        yield Gap("search warm storage", "it has no price here")
    if inputs.text("engineVersion").startswith(("Elasticsearch_", "OpenSearch_1.")):
        yield Gap("Extended Support", f"whether {inputs.text('engineVersion')} is in it, is not known here")
    if disk.flag("ebsEnabled"):
        kind, volume = disk.text("volumeType", "gp2"), disk.number("volumeSize")
        gigabytes = None if volume is None or count is None else volume * count
        yield Fixed(f"search storage {kind}", f"opensearch.storage.{kind}", gigabytes, Kind.CAPACITY)
        for name in ("iops", "throughput"):
            if disk.raw.get(name) is not None:
                yield Gap(f"search storage's {name}", f"{disk.text(name)} has no price here")


def redshift(inputs: Inputs) -> Iterator[Item]:
    """Nodes by the hour; RA3 nodes keep their data in storage that is charged by the GB."""
    size, nodes = inputs.text("nodeType"), inputs.hours("numberOfNodes")
    yield Fixed(f"Redshift {size}", f"redshift.node.{size}", nodes)
    if size.startswith(("ra3.", "rg.")):
        yield Usage("Redshift managed storage", "redshift.storage", "redshift_gb")
    yield Usage("Redshift backups", "redshift.backup", "redshift_backup_gb")
    yield Gap("queries over S3 and concurrency scaling", "they have no price here")
    if inputs.flag("manageMasterPassword"):
        yield Fixed("managed secret", "secrets.month", Decimal(1))
    if inputs.flag("publiclyAccessible"):
        yield Fixed("public IPv4 address, per node", "ipv4.inuse", nodes)


RULES = table(
    Priced(
        "aws:dynamodb/table:Table",
        dynamodb_table,
        "billingMode tableClass readCapacity writeCapacity replicas pointInTimeRecovery streamEnabled globalSecondaryIndexes "
        "globalSecondaryIndexes.readCapacity globalSecondaryIndexes.writeCapacity",
        {
            "warmThroughput": "warm throughput",
            "importTable": "the import's data",
            "globalTableWitness": "witness of a global table",
            "restoreSourceName": "data restored",
            "restoreSourceTableArn": "data restored",
            "restoreBackupArn": "data restored",
            "globalSecondaryIndexes.warmThroughput": "warm throughput of an index",
        },
    ),
    Priced(
        "aws:dynamodb/tableReplica:TableReplica",
        plain(Gap("replica", "its writes, storage and transfer follow its table, in prices of its region")),
        "pointInTimeRecovery",
    ),
    Priced("aws:dax/cluster:Cluster", dax, "nodeType replicationFactor"),
    Priced(
        "aws:elasticache/cluster:Cluster",
        cache,
        "engine engineVersion nodeType numCacheNodes replicationGroupId snapshotRetentionLimit logDeliveryConfigurations",
        {"preferredOutpostArn": "nodes on an Outpost", "outpostMode": "nodes on an Outpost"},
    ),
    Priced(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        replication_group,
        "engine engineVersion nodeType numCacheClusters numNodeGroups replicasPerNodeGroup "
        "snapshotRetentionLimit logDeliveryConfigurations",
        {
            "durability": "durable writes",
            "nodeGroupConfigurations": "shards that are configured one by one",
            "globalReplicationGroupId": "transfer of a global datastore, and the global group's node type",
        },
    ),
    Priced("aws:elasticache/serverlessCache:ServerlessCache", serverless_cache, "engine cacheUsageLimits snapshotRetentionLimit"),
    Priced(
        "aws:memorydb/cluster:Cluster",
        memorydb,
        "nodeType numShards numReplicasPerShard",
        {"snapshotRetentionLimit": "backups", "multiRegionClusterName": "replicated writes"},
    ),
    Priced(
        "aws:opensearch/domain:Domain",
        domain,
        "engineVersion clusterConfig clusterConfig.instanceType clusterConfig.instanceCount clusterConfig.dedicatedMasterEnabled "
        "clusterConfig.dedicatedMasterType clusterConfig.dedicatedMasterCount clusterConfig.warmEnabled clusterConfig.warmType "
        "clusterConfig.warmCount ebsOptions ebsOptions.ebsEnabled ebsOptions.volumeType ebsOptions.volumeSize ebsOptions.iops "
        "ebsOptions.throughput",
        {
            "clusterConfig.coldStorageOptions": "cold storage",
            "clusterConfig.nodeOptions": "coordinator nodes",
            "logPublishingOptions": "logs that the domain publishes",
            "aimlOptions": "vector engine and enrichment",
            "identityCenterOptions": "OpenSearch UI",
        },
    ),
    Priced(
        "aws:opensearch/serverlessCollection:ServerlessCollection",
        plain(Gap("serverless collection", "its compute units, and their minimum, have no price here")),
        "standbyReplicas type collectionGroupName vectorOptions",
    ),
    Priced(
        "aws:redshift/cluster:Cluster",
        redshift,
        "nodeType numberOfNodes manageMasterPassword publiclyAccessible automatedSnapshotRetentionPeriod "
        "manualSnapshotRetentionPeriod",
        {"multiAz": "the second cluster of a Multi-AZ pair"},
    ),
    Priced(
        "aws:redshiftserverless/workgroup:Workgroup",
        plain(Gap("serverless workgroup", "its capacity units have no price here")),
        "baseCapacity maxCapacity pricePerformanceTarget",
    ),
)
