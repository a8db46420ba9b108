"""The switches of encryption at rest that a resource's inputs have, and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.documented import settings, values_at
from runbook_lib.gates.sdk import encryption_switches
from runbook_lib.plan import COMPUTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.plan import Operation

ON = (True, "true", "KMS", "TLS")
REQUIRED = {
    "aws:dax/cluster:Cluster": "serverSideEncryption.enabled",
    "aws:ec2/instance:Instance": "rootBlockDevice.encrypted",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": "rootBlockDevice.encrypted",
    "aws:elasticsearch/domain:Domain": "encryptAtRest.enabled",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "serverSideEncryption.enabled",
    "aws:kinesis/stream:Stream": "encryptionType",
    "aws:opensearch/domain:Domain": "encryptAtRest.enabled",
}
"""Types whose switch lies deeper, or is no yes or no: off unless it is set."""
DEVICES = ("ebsBlockDevices", "blockDeviceMappings.ebs", "ebsConfigs")
"""Lists of disks, each with a switch of its own."""
INVERSE = {
    "encryptionDisabled": True, "sqsManagedSseEnabled": False, "sseAlgorithm": "none", "s3EncryptionMode": "DISABLED",
    "cloudwatchEncryptionMode": "DISABLED", "jobBookmarksEncryptionMode": "DISABLED",
}  # fmt: skip
"""Inputs, at any depth, with the value that turns off what is on by itself."""


def switches_of(op: Operation) -> Iterator[tuple[str, Any]]:
    """Every switch of a resource's encryption, with the value that is worst for it."""
    yield from ((switch, op.inputs.get(switch)) for switch in _known_switches(op.type))
    path = REQUIRED.get(op.type)
    if path:
        found = values_at(op.inputs, path.split("."))
        yield path, next((value for value in found if value in ON), COMPUTED if COMPUTED in found else None)
    for devices in DEVICES:
        found = values_at(op.inputs, devices.split("."))
        states = [disk.get("encrypted") if isinstance(disk, dict) else disk for disk in found]
        if worst := sorted((state for state in states if state not in ON), key=lambda state: state == COMPUTED):
            yield f"{devices}.encrypted", worst[0]


def turned_off(inputs: Any) -> Iterator[str]:
    """Where inputs, at any depth, turn off what is on by itself."""
    for here, name, value in settings(inputs):
        if name in INVERSE and value in (INVERSE[name], str(INVERSE[name]).lower()):
            yield f"{here} otherwise than {value}"


def _known_switches(token: str) -> list[str]:
    try:
        return encryption_switches(token)
    except ValueError:
        return []  # a type that nobody knows is what nothing_deprecated names
