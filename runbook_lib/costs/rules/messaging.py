"""Queues, streams, events, workflows and brokers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS, Kind
from runbook_lib.costs.rules.priced import Priced, is_on, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE_RETENTION_HOURS = 24
_DESTINATIONS = (
    "extendedS3Configuration",
    "redshiftConfiguration",
    "opensearchConfiguration",
    "opensearchserverlessConfiguration",
    "elasticsearchConfiguration",
    "httpEndpointConfiguration",
    "splunkConfiguration",
)


def queue(inputs: Inputs) -> Iterator[Item]:
    """Requests of 64 KB each; a FIFO queue's are dearer."""
    kind = "fifo" if inputs.flag("fifoQueue") else "standard"
    yield Usage(f"SQS requests, {kind}", f"sqs.{kind}", "sqs_requests")


def stream(inputs: Inputs) -> Iterator[Item]:
    """Shards by the hour and units of 25 KB put; on demand a stream by the hour and GB."""
    if inputs.nested("streamModeDetails").text("streamMode", "PROVISIONED") != "PROVISIONED":
        yield Fixed("Kinesis stream, on demand", "kinesis.stream.hour")
        yield Usage("Kinesis data in, on demand", "kinesis.ondemand.in", "kinesis_in_gb")
        yield Usage("Kinesis data out, on demand", "kinesis.ondemand.out", "kinesis_out_gb")
    else:
        shards = inputs.number("shardCount")
        yield Fixed("Kinesis shards", "kinesis.shard.hour", None if shards is None else HOURS * shards, Kind.CAPACITY)
        yield Usage("Kinesis PUT payload units", "kinesis.put", "kinesis_puts")
    if (inputs.count("retentionPeriod", _FREE_RETENTION_HOURS) or 0) != _FREE_RETENTION_HOURS:
        yield Gap("extended retention", f"more than {_FREE_RETENTION_HOURS} hours has no price here")
    if inputs.items("shardLevelMetrics") != []:
        yield Usage("custom metrics", "cw.metric", "custom_metrics")


def firehose(inputs: Inputs) -> Iterator[Item]:
    """Data in, by the GB; conversion, partitioning and a VPC on top."""
    if inputs.raw.get("mskSourceConfiguration") or inputs.text("destination") in ("iceberg", "snowflake"):
        yield Gap("Firehose data in", f"from MSK or to {inputs.text('destination')} it has a rate of its own, and no price here")
    else:
        yield Usage("Firehose data in", "firehose.gb", "firehose_gb")
    places = [inputs.nested(name) for name in _DESTINATIONS]
    if any(is_on(place.raw.get("dataFormatConversionConfiguration")) for place in places):
        yield Usage("Firehose format conversion", "firehose.conversion", "firehose_gb")
    if any(is_on(place.raw.get("dynamicPartitioningConfiguration")) for place in places):
        yield Gap("dynamic partitioning", "it has no price here")
    if any(is_on(place.raw.get("vpcConfig")) for place in places):
        yield Gap("delivery into a VPC", "its hours and GB have no price here")


def event_rule(inputs: Inputs) -> Iterator[Item]:
    """AWS's own events and schedules are free on the default bus; what others send is charged when it is put."""
    if inputs.text("eventBusName", "default") != "default":
        yield Usage("custom events", "events.custom", "custom_events")


def event_target(inputs: Inputs) -> Iterator[Item]:
    """Targets of AWS are free; events sent on to another bus or out of AWS are charged once more."""
    place = inputs.text("arn")
    if ":event-bus/" in place or ":api-destination/" in place:
        yield Gap("events sent on", f"to {place} they have no price here")


def state_machine(inputs: Inputs) -> Iterator[Item]:
    """A standard one by its transitions, an express one by requests and memory hours."""
    if inputs.text("type", "STANDARD") == "STANDARD":
        yield Usage("state transitions", "sfn.transition", "state_transitions")
    else:
        yield Usage("express workflow requests", "sfn.express.request", "express_requests")
        yield Usage("express workflow duration, first tier", "sfn.express.gbh", "express_gb_hours")
    if inputs.nested("loggingConfiguration").text("level", "OFF") != "OFF":
        yield Usage("log data ingested", "cw.logs.ingest", "log_gb")
    if inputs.nested("tracingConfiguration").flag("enabled"):
        yield Usage("traces recorded", "xray.recorded", "traces")


def kafka(inputs: Inputs) -> Iterator[Item]:
    """Brokers by the hour and their storage; express brokers have rates of their own."""
    group, brokers = inputs.nested("brokerNodeGroupInfo"), inputs.number("numberOfBrokerNodes")
    size = group.text("instanceType")
    yield Fixed(f"Kafka broker {size}", f"msk.broker.{size}", None if brokers is None else HOURS * brokers)
    if size.startswith("express."):
        yield Gap("express brokers' storage and data in", "they have no price here")
    else:
        disk = group.nested("storageInfo").nested("ebsStorageInfo")
        each = disk.number("volumeSize")
        yield Fixed("Kafka storage", "msk.storage", None if each is None or brokers is None else each * brokers, Kind.CAPACITY)
        if disk.nested("provisionedThroughput").flag("enabled"):
            yield Gap("Kafka storage throughput", "it has no price here")
    if inputs.text("storageMode", "LOCAL") != "LOCAL":
        yield Gap("Kafka tiered storage", "it has no price here")
    if inputs.text("enhancedMonitoring", "DEFAULT") != "DEFAULT":
        yield Usage("custom metrics", "cw.metric", "custom_metrics")


def broker(inputs: Inputs) -> Iterator[Item]:
    """Broker hours by engine, class and deployment, and storage; a cluster has three brokers."""
    engine, size = inputs.text("engineType").lower(), inputs.text("hostInstanceType")
    mode = inputs.text("deploymentMode", "SINGLE_INSTANCE")
    counts = {"SINGLE_INSTANCE": ("single", 1), "ACTIVE_STANDBY_MULTI_AZ": ("multi", 1), "CLUSTER_MULTI_AZ": ("single", 3)}
    if mode not in counts:
        yield Gap(f"broker, {mode}", "it has no price here")
        return
    zones, count = counts[mode]
    yield Fixed(f"{engine} broker {size}, {mode}", f"mq.{engine}.{size}.{zones}", HOURS * count)
    kind = inputs.text("storageType", "ebs" if engine == "rabbitmq" else "efs").lower()
    yield Usage(f"broker storage, {kind}", f"mq.storage.{'rabbitmq' if engine == 'rabbitmq' else kind}", "broker_gb")
    if inputs.flag("publiclyAccessible"):
        yield Gap("public IPv4 addresses", "how many a broker holds is not documented")


RULES = table(
    Priced("aws:sqs/queue:Queue", queue, "fifoQueue"),
    Priced(
        "aws:kinesis/stream:Stream",
        stream,
        "streamModeDetails shardCount retentionPeriod shardLevelMetrics",
        {"warmThroughputMibPs": "warm throughput"},
    ),
    Priced(
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        firehose,
        f"destination mskSourceConfiguration icebergConfiguration snowflakeConfiguration {' '.join(_DESTINATIONS)}",
    ),
    Priced(
        "aws:kinesisanalyticsv2/application:Application",
        plain(Gap("stream processing units", "they have no price here")),
        "applicationConfiguration runtimeEnvironment applicationMode",
    ),
    Priced(
        "aws:cloudwatch/eventBus:EventBus",
        plain(Usage("custom events", "events.custom", "custom_events")),
        "",
        {"logConfig": "logs of the bus"},
    ),
    Priced("aws:cloudwatch/eventRule:EventRule", event_rule, "eventBusName"),
    Priced(
        "aws:cloudwatch/eventTarget:EventTarget",
        event_target,
        "arn",
        {"ecsTarget": "tasks that the events start", "batchTarget": "jobs that the events start"},
    ),
    Priced(
        "aws:cloudwatch/eventArchive:EventArchive",
        plain(
            Usage("events archived", "events.archive.gb", "archived_events_gb"),
            Usage("event archive storage", "events.archive.storage", "archived_events_gb"),
        ),
        "retentionDays",
    ),
    Priced("aws:scheduler/schedule:Schedule", plain(Usage("scheduled calls", "scheduler.calls", "scheduled_calls")), ""),
    Priced(
        "aws:pipes/pipe:Pipe",
        plain(Usage("requests of pipes", "pipes.requests", "pipe_requests")),
        "",
        {"logConfiguration": "logs of the pipe"},
    ),
    Priced("aws:sfn/stateMachine:StateMachine", state_machine, "type loggingConfiguration tracingConfiguration"),
    Priced(
        "aws:msk/cluster:Cluster",
        kafka,
        "brokerNodeGroupInfo numberOfBrokerNodes storageMode enhancedMonitoring",
        {"loggingInfo": "logs of the brokers"},
    ),
    Priced(
        "aws:msk/serverlessCluster:ServerlessCluster",
        plain(Gap("serverless Kafka", "its hours, partitions and GB have no price here")),
    ),
    Priced(
        "aws:mq/broker:Broker",
        broker,
        "engineType hostInstanceType deploymentMode storageType publiclyAccessible",
        {"logs": "logs of the broker", "dataReplicationMode": "replication to another region"},
    ),
)
