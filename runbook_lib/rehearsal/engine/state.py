"""The resources of a stack: one `Resource` per row of the deployment, and the deployment as Pulumi's format 3 has it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.serialize import deserialize, serialize
from runbook_lib.rehearsal.engine.urn import provider_urn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runbook_lib.rehearsal.engine.passphrase import Crypter
    from runbook_lib.rehearsal.engine.values import Properties

# Python name -> name in the file, in the order Pulumi writes them. Empty ones are left out, but for the first three.
FIELDS = {
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "inputs": "inputs",
    "outputs": "outputs",
    "parent": "parent",
    "protect": "protect",
    "taint": "taint",
    "external": "external",
    "dependencies": "dependencies",
    "init_errors": "initErrors",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "custom_timeouts": "customTimeouts",
    "import_id": "importID",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "replace_with": "replaceWith",
    "created": "created",
    "modified": "modified",
    "source_position": "sourcePosition",
    "ignore_changes": "ignoreChanges",
    "hide_diff": "hideDiff",
    "replace_on_changes": "replaceOnChanges",
    "replacement_trigger": "replacementTrigger",
    "refresh_before_update": "refreshBeforeUpdate",
    "resource_hooks": "resourceHooks",
}
ALWAYS = {"urn", "custom", "type"}
VALUES = {"inputs", "outputs", "replacement_trigger"}


@dataclass
class Resource:
    """One resource as it is, or as the program wants it."""

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    protect: bool = False
    delete: bool = False
    taint: bool = False
    external: bool = False
    pending_replacement: bool = False
    retain_on_delete: bool = False
    refresh_before_update: bool = False
    import_id: str = ""
    deleted_with: str = ""
    created: str = ""
    modified: str = ""
    source_position: str = ""
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    replace_with: list[str] = field(default_factory=list)
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    hide_diff: list[Any] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    resource_hooks: dict[str, list[str]] = field(default_factory=dict)  # names by kind, such as `BeforeCreate`
    replacement_trigger: Any = None
    unknown_fields: dict[str, Any] = field(default_factory=dict)  # kept for the engine that wrote them

    def copy(self) -> Resource:
        """A shallow copy: its fields can be set without changing this one."""
        return copy(self)

    def needs(self) -> set[str]:
        """URNs that must exist as long as this resource does."""
        urns = set(self.dependencies) | {urn for urns in self.property_dependencies.values() for urn in urns}
        urns |= {self.parent, self.deleted_with, *self.replace_with}
        if self.provider:
            urns.add(provider_urn(self.provider))
        return urns - {"", self.urn}

    def detach(self, urns: set[str]) -> None:
        """Need these resources no more, which are gone; which provider is used stays on record."""
        self.parent = "" if self.parent in urns else self.parent
        self.dependencies = [urn for urn in self.dependencies if urn not in urns]
        self.property_dependencies = {
            key: [urn for urn in needed if urn not in urns] for key, needed in self.property_dependencies.items()
        }
        self.replace_with = [urn for urn in self.replace_with if urn not in urns]
        self.deleted_with = "" if self.deleted_with in urns else self.deleted_with

    def renamed(self, names: dict[str, str]) -> Resource:
        """The same resource with URNs that aliases have moved replaced by their new names."""
        if not names or not (self.needs() & names.keys()):
            return self
        moved = self.copy()
        moved.parent = names.get(self.parent, self.parent)
        moved.deleted_with = names.get(self.deleted_with, self.deleted_with)
        moved.dependencies = [names.get(urn, urn) for urn in self.dependencies]
        moved.replace_with = [names.get(urn, urn) for urn in self.replace_with]
        moved.property_dependencies = {
            key: [names.get(urn, urn) for urn in urns] for key, urns in self.property_dependencies.items()
        }
        if self.provider:
            urn, identity = self.provider.rsplit("::", 1)
            moved.provider = f"{names.get(urn, urn)}::{identity}"
        return moved


def resource_to_json(resource: Resource, crypter: Crypter | None) -> dict[str, Any]:
    """Write a resource as Pulumi's `ResourceV3`.

    Args:
        resource: The resource.
        crypter: What encrypts secrets; None leaves them in clear (`stack export --show-secrets`).
    """
    row: dict[str, Any] = {}
    for name, key in FIELDS.items():
        value = getattr(resource, name)
        if name in ALWAYS or value not in (None, "", False, [], {}):
            row[key] = serialize(value, crypter) if name in VALUES else value
    return row | resource.unknown_fields


def resource_from_json(row: dict[str, Any], crypter: Crypter | None) -> Resource:
    """Read a `ResourceV3`; fields this engine does not know are carried along."""
    known = {name: row[key] for name, key in FIELDS.items() if row.get(key) is not None}
    for name in VALUES & known.keys():
        known[name] = deserialize(known[name], crypter)
    rest = {key: value for key, value in row.items() if key not in FIELDS.values()}
    return Resource(**known, unknown_fields=rest)


@dataclass
class Operation:
    """An operation that had begun when the deployment was written."""

    resource: Resource
    type: str


@dataclass
class Deployment:
    """What a stack holds: resources in dependency order, and operations whose outcome is not known."""

    resources: list[Resource] = field(default_factory=list)
    pending: list[Operation] = field(default_factory=list)

    def live(self) -> dict[str, Resource]:
        """Resources by URN, without those that only wait to be deleted."""
        return {resource.urn: resource for resource in self.resources if not resource.delete}

    def root(self) -> Resource | None:
        """The stack's own resource, which holds its outputs."""
        return next((item for item in self.resources if item.type == "pulumi:pulumi:Stack" and not item.delete), None)

    def outputs(self) -> Properties:
        """The stack's outputs."""
        root = self.root()
        return root.outputs if root else {}


def deployment_from_json(data: dict[str, Any] | None, crypter: Crypter | None) -> Deployment:
    """Read the `deployment` of an export or the `latest` of a checkpoint."""
    data = data or {}
    return Deployment(
        [resource_from_json(row, crypter) for row in data.get("resources") or []],
        [Operation(resource_from_json(row["resource"], crypter), row["type"]) for row in data.get("pending_operations") or []],
    )


def deployment_to_json(
    rows: Iterable[dict[str, Any]], pending: Iterable[dict[str, Any]], *, manifest: dict[str, Any], salt: str
) -> dict[str, Any]:
    """Assemble a `DeploymentV3` from rows that are written already."""
    data: dict[str, Any] = {"manifest": manifest}
    if salt:
        data["secrets_providers"] = {"type": "passphrase", "state": {"salt": salt}}
    parts = {"resources": list(rows), "pending_operations": list(pending)}
    return {**data, **{key: items for key, items in parts.items() if items}, "metadata": {}}
