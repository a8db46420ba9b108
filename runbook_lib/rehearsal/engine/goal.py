"""What a program asks of one resource: a registration, read from the protocol."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from runbook_lib.rehearsal.engine.aliases import Alias
from runbook_lib.rehearsal.engine.assets import hashed
from runbook_lib.rehearsal.engine.errors import UsageError
from runbook_lib.rehearsal.engine.hook_options import hooks_from_proto
from runbook_lib.rehearsal.engine.values import Asset, Properties, rewrite
from runbook_lib.rehearsal.engine.wire import unpack, unpack_value

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.protos import resource_pb2

DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Goal:
    """A resource as the program wants it."""

    type: str
    name: str
    custom: bool
    properties: Properties
    parent: str = ""
    provider: str = ""
    version: str = ""
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    aliases: list[Alias] = field(default_factory=list)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    import_id: str = ""
    read_id: str = ""
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    hide_diff: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    hooks: dict[str, list[str]] = field(default_factory=dict)
    replacement_trigger: Any = None
    source_position: str = ""


def seconds(duration: str) -> float:
    """Read a duration as Go writes it, such as `1h30m`.

    Raises:
        UsageError: if it is not one.
    """
    if not duration:
        return 0
    if DURATION.sub("", duration):
        raise UsageError(f"unable to parse the custom timeout {duration!r}; write it as 90s, 5m or 1h30m")
    return sum(float(number) * SECONDS[unit] for number, unit in DURATION.findall(duration))


def with_hashes(properties: Properties, folder: Path) -> Properties:
    """Properties with the hash of every asset in them."""
    return {
        key: rewrite(value, lambda item: hashed(item, folder) if isinstance(item, Asset) else item)
        for key, value in properties.items()
    }


def from_request(request: resource_pb2.RegisterResourceRequest, folder: Path, root: Path) -> Goal:
    """Read a registration.

    Args:
        request: As the program sent it.
        folder: The program's working directory, for assets.
        root: The project's folder, for source positions.
    """
    trigger = unpack_value(request.replacement_trigger) if request.HasField("replacement_trigger") else None
    timeouts = {key: seconds(getattr(request.customTimeouts, key)) for key in ("create", "update", "delete")}
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        properties=with_hashes(unpack(request.object), folder),
        parent=request.parent,
        provider=request.provider,
        version=request.version,
        dependencies=sorted(request.dependencies),
        property_dependencies={key: sorted(item.urns) for key, item in sorted(request.propertyDependencies.items())},
        aliases=[Alias(urn=urn) for urn in request.aliasURNs] + [_alias(item) for item in request.aliases],
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        deleted_with=request.deletedWith,
        replace_with=list(request.replace_with),
        import_id=request.importId,
        ignore_changes=list(request.ignoreChanges),
        replace_on_changes=list(request.replaceOnChanges),
        hide_diff=list(request.hideDiffs),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        custom_timeouts={key: value for key, value in timeouts.items() if value},
        hooks=hooks_from_proto(request.hooks),
        replacement_trigger=trigger,
        source_position=_position(request, root),
    )


def from_read(request: resource_pb2.ReadResourceRequest, folder: Path, root: Path) -> Goal:
    """Read a request for a resource that exists already: `Type.get`."""
    return Goal(
        type=request.type,
        name=request.name,
        custom=True,
        properties=with_hashes(unpack(request.properties), folder),
        parent=request.parent,
        provider=request.provider,
        version=request.version,
        dependencies=sorted(request.dependencies),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        read_id=request.id,
        source_position=_position(request, root),
    )


def inheriting(goal: Goal, *, protect: bool, retain_on_delete: bool, deleted_with: str) -> Goal:
    """A goal with what it does not say itself taken from its parent."""
    return replace(
        goal,
        protect=protect if goal.protect is None else goal.protect,
        retain_on_delete=retain_on_delete if goal.retain_on_delete is None else goal.retain_on_delete,
        deleted_with=goal.deleted_with or deleted_with,
    )


def _alias(item: Any) -> Alias:
    if item.WhichOneof("alias") == "urn":
        return Alias(urn=item.urn)
    spec = item.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _position(request: Any, root: Path) -> str:
    """Where the program made the resource, relative to the project."""
    if not request.HasField("sourcePosition") or not request.sourcePosition.uri:
        return ""
    path = Path(unquote(urlsplit(request.sourcePosition.uri).path))
    if not path.is_relative_to(root):
        return ""
    return f"project:///{path.relative_to(root).as_posix()}#{request.sourcePosition.line}"
