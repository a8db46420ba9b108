"""An update plan: what a preview planned for each resource, as `preview --save-plan` writes it and `up --plan` reads it."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.backend import manifest
from runbook_lib.rehearsal.engine.changes import Changes
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.serialize import deserialize, serialize

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.rehearsal.engine.goal import Goal
    from runbook_lib.rehearsal.engine.passphrase import Crypter
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.values import Properties

# Name in the file -> Python name, for what is written as it is; empty ones of the second kind are left out.
ALWAYS = {"type": "type", "name": "name", "custom": "custom", "protect": "protect", "customTimeouts": "custom_timeouts"}
SOMETIMES = {
    "parent": "parent",
    "dependencies": "dependencies",
    "provider": "provider",
    "propertyDependencies": "property_dependencies",
    "ignoreChanges": "ignore_changes",
    "additionalSecretOutputs": "additional_secret_outputs",
    "id": "id",
}
ALIAS = {
    "URN": "urn", "Name": "name", "Type": "type", "Project": "project", "Stack": "stack", "Parent": "parent",
    "NoParent": "no_parent",
}  # fmt: skip


@dataclass
class PlannedGoal:
    """What the program asked for, and what that changes."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    protect: bool = False
    dependencies: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    delete_before_replace: bool | None = None
    ignore_changes: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[dict[str, Any]] = field(default_factory=list)
    id: str = ""
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    inputs: Changes = field(default_factory=Changes)
    outputs: Changes = field(default_factory=Changes)

    @classmethod
    def of(cls, goal: Goal, provider: str, inputs: Changes | None = None) -> PlannedGoal:
        """From a registration.

        Args:
            goal: As the program wants the resource.
            provider: The reference of its provider.
            inputs: How its checked inputs change.
        """
        return cls(
            type=goal.type,
            name=goal.name,
            custom=goal.custom,
            parent=goal.parent,
            protect=bool(goal.protect),
            dependencies=goal.dependencies,
            provider=provider,
            property_dependencies=goal.property_dependencies,
            delete_before_replace=goal.delete_before_replace,
            ignore_changes=goal.ignore_changes,
            additional_secret_outputs=goal.additional_secret_outputs,
            aliases=[asdict(alias) for alias in goal.aliases],
            id=goal.import_id,
            custom_timeouts=goal.custom_timeouts,
            inputs=inputs or Changes(),
        )

    @classmethod
    def as_it_is(cls, old: Resource) -> PlannedGoal:
        """A goal that nothing may differ from: that of a resource which the plan does not name."""
        known = {item.name: getattr(old, item.name) for item in fields(cls) if item.name in _KEPT}
        return cls(name=old.urn.rsplit("::", 1)[-1], aliases=[{**_NO_ALIAS, "urn": urn} for urn in old.aliases], **known)


_KEPT = frozenset(
    {
        "type", "custom", "parent", "protect", "dependencies", "provider", "property_dependencies", "additional_secret_outputs",
        "custom_timeouts",
    }
)  # fmt: skip
_NO_ALIAS: dict[str, Any] = {**dict.fromkeys(ALIAS.values(), ""), "no_parent": False}


@dataclass
class PlannedResource:
    """One resource: what was asked for (nothing, of one that is deleted) and the steps that it comes to, in order."""

    goal: PlannedGoal | None = None
    steps: list[str] = field(default_factory=list)
    outputs: Properties | None = None
    seed: bytes = b""


def save(path: Path, resources: dict[str, PlannedResource], config: dict[str, Any], crypter: Crypter | None) -> None:
    """Write a plan; without a crypter its secrets are in clear, as `--show-secrets` asks.

    Args:
        path: Where.
        resources: By URN.
        config: The stack's configuration as its file has it, secrets encrypted.
        crypter: What encrypts secrets.

    Raises:
        EngineError: if it cannot be written there.
    """
    plans = {urn: _resource_to_json(planned, crypter) for urn, planned in sorted(resources.items())}
    data = {"manifest": manifest(), **({"config": config} if config else {}), "resourcePlans": plans}
    try:
        path.write_bytes((json.dumps(data, indent=4, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise EngineError(f"open {path}: {(error.strerror or str(error)).lower()}") from error


def load(path: Path, crypter: Crypter) -> dict[str, PlannedResource]:
    """Read a plan's resources by URN; what it says of the configuration is not looked at.

    Raises:
        EngineError: if it cannot be read, or is no plan.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise EngineError(f"open {path}: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:
        raise EngineError(f"{path} is no update plan: {error}") from error
    try:
        return {urn: _resource_from_json(row, crypter) for urn, row in (data.get("resourcePlans") or {}).items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EngineError(f"{path} is no update plan: {error!r}") from error


def _resource_to_json(planned: PlannedResource, crypter: Crypter | None) -> dict[str, Any]:
    row: dict[str, Any] = {"goal": _goal_to_json(planned.goal, crypter)} if planned.goal else {}
    row |= {"steps": planned.steps} if planned.steps else {}
    row["state"] = None if planned.outputs is None else serialize(planned.outputs, crypter)
    return row | ({"seed": base64.b64encode(planned.seed).decode()} if planned.seed else {})


def _resource_from_json(row: dict[str, Any], crypter: Crypter) -> PlannedResource:
    return PlannedResource(
        goal=_goal_from_json(row["goal"], crypter) if row.get("goal") else None,
        steps=list(row.get("steps") or ()),
        seed=base64.b64decode(row.get("seed") or ""),
    )


def _goal_to_json(goal: PlannedGoal, crypter: Crypter | None) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(goal, attribute) for name, attribute in ALWAYS.items()}
    row |= {name: value for name, attribute in SOMETIMES.items() if (value := getattr(goal, attribute))}
    if goal.delete_before_replace is not None:
        row["deleteBeforeReplace"] = goal.delete_before_replace
    if goal.aliases:
        row["structuredAliases"] = [{name: alias[key] for name, key in ALIAS.items()} for alias in goal.aliases]
    for name, changes in (("inputDiff", goal.inputs), ("outputDiff", goal.outputs)):
        said = {"adds": changes.adds, "deletes": changes.deletes, "updates": changes.updates}
        row[name] = {key: serialize(value, crypter) for key, value in said.items() if value}
    return row


def _goal_from_json(row: dict[str, Any], crypter: Crypter) -> PlannedGoal:
    def changes(said: dict[str, Any] | None) -> Changes:
        said = said or {}
        values = {key: deserialize(said.get(key) or {}, crypter) for key in ("adds", "updates")}
        return Changes(**values, deletes=list(said.get("deletes") or ()))

    plain = {attribute: row[name] for name, attribute in {**ALWAYS, **SOMETIMES}.items() if row.get(name) is not None}
    return PlannedGoal(
        **plain,
        delete_before_replace=row.get("deleteBeforeReplace"),
        aliases=[{key: alias[name] for name, key in ALIAS.items()} for alias in row.get("structuredAliases") or ()],
        inputs=changes(row.get("inputDiff")),
        outputs=changes(row.get("outputDiff")),
    )
