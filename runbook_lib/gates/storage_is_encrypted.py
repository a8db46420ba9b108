"""Whatever keeps data keeps it encrypted with a key that is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runbook_lib.documented import values_at
from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Operation, Plan, gate, judge, known_later, shown
from runbook_lib.gates.sdk import encryption_switches

# The property that names the key.
KEY = {
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:rds/cluster:Cluster": "kmsKeyId",
    "aws:rds/instance:Instance": "kmsKeyId",
    "aws:sns/topic:Topic": "kmsMasterKeyId",
}
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
INVERSE = {"encryptionDisabled": True, "sqsManagedSseEnabled": False, "sseAlgorithm": "none"}
"""Inputs, at any depth, with the value that turns off what is on by itself."""


@gate(
    requirement=("D2", "M1", "M2", "K1"), title="What is stored is encrypted; databases, log groups and topics with a named key"
)
def storage_is_encrypted(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """A key that is made by the same plan is not known yet, but named all the same; a switch that is not known may be off."""
    for op in shown(plan):
        switches = dict(_switches(op))
        off = [*(path for path, value in switches.items() if value not in (*ON, COMPUTED)), *_turned_off(op.inputs)]
        later = [path for path, value in switches.items() if value == COMPUTED]
        key = KEY.get(op.type)
        missing = [key] if key and not op.inputs.get(key) else []
        if later and not off:
            yield known_later(op, later)
        elif off or key:
            yield judge(
                op.name,
                ok=not (off or missing),
                good=f"{op.name} is encrypted with a named key.",
                bad=f"{op.name} ({op.type}) does not set {', '.join(off + missing)}.",
                remedy="Set it in stack/: encryption cannot be added to most of what exists already.",
            )


def _switches(op: Operation) -> Iterator[tuple[str, Any]]:
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


def _turned_off(inputs: Any, path: str = "") -> Iterator[str]:
    items = inputs.items() if isinstance(inputs, Mapping) else []
    for name, value in items:
        here = f"{path}.{name}" if path else str(name)
        if name in INVERSE and value in (INVERSE[name], str(INVERSE[name]).lower()):
            yield f"{here} otherwise than {value}"
        for each in value if isinstance(value, list) else [value]:
            yield from _turned_off(each, here)


def _known_switches(token: str) -> list[str]:
    try:
        return encryption_switches(token)
    except ValueError:
        return []  # a type that nobody knows is what nothing_deprecated names
