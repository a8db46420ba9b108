"""What the pulumi_aws SDK says about its own classes: what of them is deprecated, what keeps data, what encrypts.

The SDK marks a deprecated property on its getter and a deprecated class by a warning in its body; neither shows when a
program passes the property by keyword, so the gate looks it up (pulumi-aws 7.51: ``_utilities.deprecated``).
"""

from __future__ import annotations

import importlib
import inspect
import re
import typing
import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib.signatures import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOKEN = re.compile(r"^aws:(?P<module>\w+)/(?P<file>\w+):(?P<name>\w+)$")
LARGEST = ("aws:ec2/vpc:Vpc", "aws:apigateway/stage:Stage", "aws:s3/bucket:Bucket", "aws:rds/instance:Instance")
"""A type of each service that takes long to import."""
KEEPING = frozenset(
    {
        "skipFinalSnapshot", "finalSnapshotIdentifier", "skipFinalBackup", "snapshotRetentionLimit", "backupRetentionPeriod",
        "automaticBackupRetentionDays", "pointInTimeRecovery", "restoreToPointInTime", "deletionProtection",
        "deletionProtectionEnabled", "retentionPeriod", "retentionInDays", "messageRetentionSeconds", "dataRetentionInHours",
        "retentionProperties", "recoveryWindowInDays", "deletionWindowInDays", "storageEncrypted", "encrypted",
        "atRestEncryptionEnabled", "encryptAtRest", "encryptionInfo",
    }
)  # fmt: skip
"""Properties that only what keeps data has: how long it is kept, backed up or held back from deletion, or how encrypted."""
ENCRYPTING = (
    "storageEncrypted", "encrypted", "atRestEncryptionEnabled", "kmsEncrypted", "rootVolumeEncryptionEnabled",
    "userVolumeEncryptionEnabled",
)  # fmt: skip
"""The switches of encryption at rest."""
_KEYWORDS = {"lambda": "lambda_"}
_CLASS_MARKS = (
    r'^class {name}\(.*\):\n\s+warnings\.warn\("""(?P<message>.+?)"""',
    r'^ +pulumi\.log\.warn\("""{name} is deprecated: (?P<message>.+?)"""',
)
"""Where the SDK says that a class is deprecated: in its body, and where it is made."""


@dataclass(frozen=True)
class Use:
    """One thing of pulumi-aws that a resource uses."""

    path: str
    """The property's path; empty for the class itself."""
    known: bool
    """Whether pulumi-aws has it at all: of what it has not, nobody can say whether it is deprecated."""
    deprecated: str = ""
    """What pulumi-aws says about it, if it is."""


def uses(token: str, inputs: Mapping[str, Any]) -> Iterator[Use]:
    """What a resource uses: its class, and each property that it sets, nested ones included.

    Args:
        token: Pulumi's type token, e.g. ``aws:s3/bucket:Bucket``.
        inputs: The resource's inputs, camelCase.

    Raises:
        ValueError: pulumi-aws knows no such class, or marks nothing where it is looked for, so nobody can say.
    """
    cls = resource_class(token)
    _check_marks()
    yield Use("", known=True, deprecated=_class_deprecation(cls))
    yield from _of_properties(cls, inputs, "")


def keeps_data(token: str) -> bool:
    """Whether what is lost with a resource of this type cannot be made again by deploying, by its class's properties.

    Raises:
        ValueError: pulumi-aws knows no such class, so nobody can say.
    """
    return not KEEPING.isdisjoint(_getters(resource_class(token)))


def encryption_switches(token: str) -> list[str]:
    """The inputs of a type that turn encryption at rest on.

    Raises:
        ValueError: pulumi-aws knows no such class, so nobody can say.
    """
    cls: Any = resource_class(token)
    getters, inputs = _getters(cls), inspect.signature(cls._internal_init).parameters
    return [name for name in ENCRYPTING if name in getters and getters[name].__name__ in inputs]


def warm_up() -> None:
    """Import the SDK's largest services ahead of time, in a thread that has nothing else to wait for."""
    for token in LARGEST:
        resource_class(token)


@cache
def resource_class(token: str) -> type:
    """The SDK's class for a type token.

    Raises:
        ValueError: There is none.
    """
    match = _TOKEN.match(token)
    if match is None:
        raise ValueError(f"{token} is not a type token of pulumi-aws")
    # As programs reach it: importing a service's file directly, before the service, leaves the SDK's lazy service empty.
    sdk = importlib.import_module("pulumi_aws")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a service warns about every deprecated class in it, used or not
            cls: type = getattr(getattr(sdk, _KEYWORDS.get(match["module"], match["module"])), match["name"])
    except AttributeError as error:
        raise ValueError(f"pulumi-aws has no class for {token}") from error
    if getattr(cls, "pulumi_type", None) != token:
        raise ValueError(f"pulumi-aws has no class for {token}")
    return cls


@cache
def _class_deprecation(cls: type) -> str:
    source = Path(inspect.getfile(cls)).read_text(encoding="utf-8")
    said = (re.search(mark.format(name=cls.__name__), source, re.MULTILINE) for mark in _CLASS_MARKS)
    return next((match["message"] for match in said if match), "")


@cache
def _check_marks() -> None:
    """Have the SDK mark something as it marks its own, and see whether the mark is found.

    Raises:
        ValueError: It is not: an SDK that marks in another way would seem to have nothing deprecated.
    """
    from pulumi_aws import _utilities

    def nothing(self: object) -> None: ...

    found = ""
    with suppress(AttributeError, KeyError, TypeError):
        found = _message(_utilities.deprecated("marked")(nothing))
    if found != "marked":
        raise ValueError("pulumi-aws does not mark what is deprecated where it is looked for")


def _message(getter: Any) -> str:
    """What the SDK says of a property that it has marked; empty for others."""
    return str(inspect.getclosurevars(getter).nonlocals["message"]) if hasattr(getter, "_pulumi_deprecated_callable") else ""


def _of_properties(cls: type, values: Mapping[str, Any], path: str) -> Iterator[Use]:
    getters = _getters(cls)
    for name, value in values.items():
        if value is None:
            continue
        here = f"{path}.{name}" if path else name
        getter = getters.get(name)
        yield Use(here, known=getter is not None, deprecated=_message(getter) if getter else "")
        items = value if isinstance(value, list) else [value]
        nested = [item for item in items if isinstance(item, dict) and SIGNATURE not in item]
        inner = _nested_class(getter) if nested and getter else None
        for item in nested if inner else ():
            yield from _of_properties(typing.cast("type", inner), item, here)


@cache
def _getters(cls: type) -> dict[str, Any]:
    """The getters of a class by the property's name on the wire."""
    properties: list[Any] = [value.fget for value in vars(cls).values() if isinstance(value, property)]
    return {getter._pulumi_name: getter for getter in properties if hasattr(getter, "_pulumi_name")}  # noqa: SLF001 - the SDK offers no other way


def _nested_class(getter: Any) -> type | None:
    """The SDK's class for the objects in a property; None for plain maps."""
    plain = inspect.unwrap(getter)
    hint = typing.get_type_hints(plain, plain.__globals__)["return"]
    while arguments := typing.get_args(hint):
        hint = next((inner for inner in arguments if inner is not type(None)), None)
    return hint if isinstance(hint, type) and hint.__module__.startswith("pulumi_aws") else None
