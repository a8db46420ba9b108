"""EC2 instances, volumes, snapshots and images, fleets and groups, and Lightsail."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Kind
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_GP3_IOPS, _GP3_MIBPS = Decimal(3000), Decimal(125)  # what every gp3 volume brings
_IO2_FIRST_TIER = Decimal(32000)
_MIBPS_PER_GIBPS = Decimal(1024)
_MONITORED_METRICS = Decimal(7)
_EBS_OPTIMIZED_AT_A_PRICE = ("c1.", "c3.", "g2.", "i2.", "m1.", "m2.", "m3.", "r3.")
_BURSTING = ("t2.", "t3.", "t3a.", "t4g.")
UNLIMITED_BY_DEFAULT = ("t3.", "t3a.", "t4g.")


def instance(inputs: Inputs) -> Iterator[Item]:
    """Hours of a Linux instance, its volumes, its public address, and what is switched on."""
    size, tenancy = inputs.text("instanceType"), inputs.text("tenancy", "default")
    if inputs.nested("launchTemplate").raw and not size:
        yield Gap("instance", "its type is its launch template's, which its inputs do not tell")
    elif tenancy != "default":
        yield Gap(f"instance {size}, tenancy {tenancy}", "only shared tenancy has a price")
    elif inputs.raw.get("instanceMarketOptions"):
        yield Gap(f"spot instance {size}", "the spot price changes by the hour")
    else:
        # The image decides the operating system, and its id does not tell: Linux without a licence is the least.
        yield Fixed(f"instance {size}, Linux", f"ec2.linux.{size}")
    yield from disks(inputs)
    if inputs.flag("associatePublicIpAddress"):
        yield Fixed("public IPv4 address", "ipv4.inuse")
    elif inputs.raw.get("associatePublicIpAddress") is None:
        yield Gap("public IPv4 address", "whether it has one is its subnet's to say")
    if inputs.flag("monitoring"):
        yield Fixed("detailed monitoring, metrics", "cw.metric", _MONITORED_METRICS)
    if inputs.flag("ebsOptimized") and size.startswith(_EBS_OPTIMIZED_AT_A_PRICE):
        yield Gap("EBS-optimized instance", f"for {size} it is charged apart, and has no price here")
    credit = inputs.nested("creditSpecification").text("cpuCredits")
    if (credit == "unlimited" and size.startswith(_BURSTING)) or (not credit and size.startswith(UNLIMITED_BY_DEFAULT)):
        yield Usage("CPU credits beyond the earned ones", "ec2.cpucredits", "cpu_credit_hours")
    yield Usage("data out to the internet", "dt.internet", "internet_gb")


def disks(inputs: Inputs) -> Iterator[Item]:
    """The root device, which is there whether it is written or not, and the further ones."""
    root = inputs.nested("rootBlockDevice")
    if root.raw.get("volumeSize") is None:
        yield Gap("root volume", "its size is its image's, which its inputs do not tell")
    elif not root.text("volumeType"):
        yield Gap("root volume", "its type is its image's, which its inputs do not tell")
    else:
        yield from volume_of(root, "root volume", size="volumeSize", kind="volumeType")
    devices = inputs.objects("ebsBlockDevices")
    if devices is None:
        yield Gap("further volumes", "they are known only after the deployment")
    for device in devices or ():
        yield from volume_of(device, f"volume {device.text('deviceName')}", size="volumeSize", kind="volumeType")


def volume(inputs: Inputs) -> Iterator[Item]:
    """A volume of its own."""
    yield from volume_of(inputs, "volume", size="size", kind="type")


def volume_of(inputs: Inputs, what: str, *, size: str, kind: str) -> Iterator[Item]:
    """Storage, and the IOPS and throughput that were provisioned beyond what the kind brings.

    Args:
        inputs: The volume's, or a block device's.
        what: How it is called in the estimate.
        size: The name of the input that holds its size.
        kind: The name of the input that holds its kind.
    """
    medium = inputs.text(kind, "gp2")
    yield Fixed(f"{what}, {medium}", f"ebs.{medium}", inputs.number(size), Kind.CAPACITY)
    if medium in ("io1", "io2"):
        iops = inputs.number("iops")
        if medium == "io2" and iops is not None and iops > _IO2_FIRST_TIER:
            yield Gap(f"{what}, io2 IOPS above {_IO2_FIRST_TIER}", "they are cheaper, and have no price here")
            iops = _IO2_FIRST_TIER
        yield Fixed(f"{what}, {medium} IOPS", f"ebs.{medium}.iops", iops, Kind.CAPACITY)
    elif medium == "standard":
        yield Usage("requests of magnetic volumes", "ebs.standard.io", "ebs_ios")
    elif medium == "gp3":
        for name, brings, unit in (("iops", _GP3_IOPS, Decimal(1)), ("throughput", _GP3_MIBPS, _MIBPS_PER_GIBPS)):
            given = inputs.count(name, int(brings))
            if given is None or given > brings:
                more = None if given is None else (given - brings) / unit
                yield Fixed(f"{what}, gp3 {name} above {brings}", f"ebs.gp3.{name}", more, Kind.CAPACITY)


def snapshot(inputs: Inputs) -> Iterator[Item]:
    """The blocks that changed, by the GB."""
    if inputs.text("storageTier", "standard") == "archive":
        yield Gap("archived snapshot", "it has no price here")
    else:
        yield Usage("EBS snapshot storage", "ebs.snapshot", "snapshot_gb")


def image(_: Inputs) -> Iterator[Item]:
    """An image is its snapshots."""
    yield Usage("EBS snapshot storage", "ebs.snapshot", "snapshot_gb")


def group(inputs: Inputs) -> Iterator[Item]:
    """As many instances as are desired; what they are is the launch template's to say."""
    count = inputs.text("desiredCapacity") or inputs.text("minSize") or "an unknown number of"
    yield Gap(f"{count} instances", "their type and volumes are the launch template's, which the group's inputs do not tell")


def host(inputs: Inputs) -> Iterator[Item]:
    """A dedicated host, by the hour."""
    kind = inputs.text("instanceFamily") or inputs.text("instanceType")
    yield Gap(f"dedicated host {kind}", "it has no price here")


def reservation(inputs: Inputs) -> Iterator[Item]:
    """Capacity is charged as the instances would be, used or not."""
    size, platform = inputs.text("instanceType"), inputs.text("instancePlatform")
    if platform == "Linux/UNIX" and inputs.text("tenancy", "default") == "default":
        yield Fixed(f"reserved capacity {size}, Linux", f"ec2.linux.{size}", inputs.hours("instanceCount"), Kind.CAPACITY)
    else:
        yield Gap(f"reserved capacity {size}, {platform}", "only shared Linux has a price")


def bundle(inputs: Inputs) -> Iterator[Item]:
    """A Lightsail bundle, by the month."""
    yield Gap(f"Lightsail bundle {inputs.text('bundleId')}", "it has no price here")


_INSTANCE = (
    "instanceType tenancy launchTemplate associatePublicIpAddress monitoring creditSpecification ebsOptimized "
    "rootBlockDevice rootBlockDevice.volumeSize rootBlockDevice.volumeType rootBlockDevice.iops rootBlockDevice.throughput "
    "ebsBlockDevices ebsBlockDevices.volumeSize ebsBlockDevices.volumeType ebsBlockDevices.iops ebsBlockDevices.throughput"
)
_INSTANCE_UNPRICED = {
    "hostId": "instance on a dedicated host",
    "hostResourceGroupArn": "instance on a dedicated host",
    "secondaryNetworkInterfaces": "secondary interfaces",
}
_FLEET = Gap("fleet", "its instances and their prices are its launch templates' and the market's to say")
_RESTORED = {"permanentRestore": "restore from the archive", "temporaryRestoreDays": "restore from the archive"}

RULES = table(
    Priced("aws:ec2/instance:Instance", instance, f"{_INSTANCE} instanceMarketOptions", _INSTANCE_UNPRICED),
    Priced(
        "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
        plain(Gap("spot instance", "the spot price changes by the hour; its volumes and address have no price here")),
        "instanceType spotPrice rootBlockDevice ebsBlockDevices associatePublicIpAddress monitoring creditSpecification tenancy "
        "launchTemplate ebsOptimized",
        _INSTANCE_UNPRICED,
    ),
    Priced(
        "aws:ebs/volume:Volume",
        volume,
        "size type iops throughput",
        {"volumeInitializationRate": "provisioned rate of initialization", "outpostArn": "volume on an Outpost"},
    ),
    Priced("aws:ebs/snapshot:Snapshot", snapshot, "storageTier", _RESTORED | {"outpostArn": "snapshot on an Outpost"}),
    Priced(
        "aws:ebs/snapshotCopy:SnapshotCopy",
        snapshot,
        "storageTier",
        _RESTORED | {"completionDurationMinutes": "time-based copy", "sourceRegion": "transfer of the copy between regions"},
    ),
    Priced("aws:ec2/ami:Ami", image, "ebsBlockDevices"),
    Priced(
        "aws:ec2/amiCopy:AmiCopy",
        image,
        "ebsBlockDevices",
        {"sourceAmiRegion": "transfer of the copy between regions", "destinationOutpostArn": "image on an Outpost"},
    ),
    Priced("aws:ec2/amiFromInstance:AmiFromInstance", image, "ebsBlockDevices"),
    Priced(
        "aws:autoscaling/group:Group",
        group,
        "desiredCapacity minSize maxSize launchTemplate launchConfiguration mixedInstancesPolicy",
        {"warmPool": "volumes of stopped instances in the warm pool"},
    ),
    Priced("aws:ec2/fleet:Fleet", plain(_FLEET), "targetCapacitySpecification launchTemplateConfigs onDemandOptions spotOptions"),
    Priced("aws:ec2/dedicatedHost:DedicatedHost", host, "instanceFamily instanceType"),
    Priced(
        "aws:ec2/capacityReservation:CapacityReservation",
        reservation,
        "instanceType instanceCount instancePlatform tenancy",
        {"outpostArn": "capacity on an Outpost"},
    ),
    Priced("aws:lightsail/instance:Instance", bundle, "bundleId", {"addOn": "automatic snapshots"}),
    Priced("aws:lightsail/database:Database", bundle, "bundleId"),
)
