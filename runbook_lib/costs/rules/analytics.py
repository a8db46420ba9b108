"""Queries, jobs, notebooks and migrations of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Kind
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFAULT_NOTEBOOK_GB = 5


def glue_job(inputs: Inputs) -> Iterator[Item]:
    """Hours of its processing units while it runs; flexible ones are cheaper."""
    if inputs.text("executionClass", "STANDARD") != "STANDARD":
        yield Gap("flexible job", "its hours have no price here")
    else:
        yield Usage("Glue job, DPU-hours", "glue.dpu", "glue_dpu_hours")


def notebook(inputs: Inputs) -> Iterator[Item]:
    """Hours while it runs, which by itself is always, and its volume."""
    size = inputs.text("instanceType")
    yield Fixed(f"notebook {size}", f"sagemaker.notebook.hour.{size}")
    yield Fixed(
        "notebook's volume", "sagemaker.notebook.storage", inputs.count("volumeSize", _DEFAULT_NOTEBOOK_GB), Kind.CAPACITY
    )


def replication(inputs: Inputs) -> Iterator[Item]:
    """Hours of the instance by zones, and storage beyond what its class brings."""
    size = inputs.text("replicationInstanceClass")
    if inputs.raw.get("multiAz") not in (None, True, False):
        yield Gap("replication instance", "whether it is Multi-AZ is known only after the deployment")
        return
    zones = "multi" if inputs.flag("multiAz") else "single"
    # The price list calls a dms.t2.micro a t2.micro; the key's own "dms." stands before it.
    yield Fixed(f"replication instance {size}, {zones}", f"dms.{size.removeprefix('dms.')}.{zones}")
    if inputs.raw.get("allocatedStorage") is not None:
        yield Gap("replication instance's storage", "how much of it its class brings is not known here")
    if inputs.flag("publiclyAccessible"):
        yield Fixed("public IPv4 address", "ipv4.inuse")


RULES = table(
    Priced("aws:athena/workgroup:Workgroup", plain(Usage("data scanned by queries", "athena.tb", "athena_tb")), "configuration"),
    Priced("aws:glue/job:Job", glue_job, "executionClass maxCapacity numberOfWorkers workerType"),
    Priced(
        "aws:glue/crawler:Crawler", plain(Usage("Glue crawler, DPU-hours", "glue.crawler.dpu", "crawler_dpu_hours")), "schedule"
    ),
    Priced(
        "aws:glue/catalogDatabase:CatalogDatabase",
        plain(
            Usage("catalogue objects", "glue.catalog.objects", "catalog_objects"),
            Usage("catalogue requests", "glue.catalog.requests", "catalog_requests"),
        ),
    ),
    Priced("aws:sagemaker/notebookInstance:NotebookInstance", notebook, "instanceType volumeSize"),
    Priced(
        "aws:dms/replicationInstance:ReplicationInstance",
        replication,
        "replicationInstanceClass multiAz allocatedStorage publiclyAccessible",
    ),
    Priced(
        "aws:emr/cluster:Cluster",
        plain(Gap("cluster's nodes", "their instances and EMR's share have no price here")),
        "masterInstanceGroup coreInstanceGroup masterInstanceFleet coreInstanceFleet ebsRootVolumeSize autoTerminationPolicy",
    ),
)
