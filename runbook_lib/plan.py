"""A plan: the operations that Pulumi's preview announced, in one canonical form, and the digest over it.

The digest binds what is agreed on to what is applied. It is the SHA-256 of the canonical JSON of every operation that changes
something (operation, URN, parent, provider, changed property paths and new values), and of the providers' settings. The values of
secrets are no part of it, for no event shows them (``Operation.secrets`` names where they are). Left out is
whatever differs between two machines for the same plan: order, times, paths of archives (their content's hash stays) and how
the provider is reached.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from runbook_lib import replacing
from runbook_lib.secret_places import once_known
from runbook_lib.signatures import SECRET, SIGNATURE, UNKNOWNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COMPUTED = "<computed>"
GENERATED = "<generated>"
"""In the place of a name that Pulumi made up (``<resource name>-<7 hex>``): it draws another one at each preview."""
HOW_THE_PROVIDER_IS_REACHED = frozenset(
    {"endpoints", "accessKey", "secretKey", "token", "profile", "s3UsePathStyle", "version", "pluginDownloadURL"}
)
REPLACING = frozenset({"create-replacement", "replace", "delete-replaced"})
"""Pulumi announces a replacement as up to three steps; it is one operation."""
DELETING = frozenset({"delete", "delete-replaced"})
"""What an earlier replacement has left to be deleted is announced as one of these, beside what happens to the resource itself."""
BOOKKEEPING = frozenset({"__defaults", "__meta", "__name", "__internal"})
"""Members that Pulumi's bridge and engine add to inputs."""
REFRESH = "refresh"
NOTHING = frozenset({"same", "read", REFRESH, "discard", "discard-replaced", "remove-pending-replace"})
"""What touches nothing but Pulumi's own record. Whatever else Pulumi announces, also what is not known here, is a change."""


class Operation(BaseModel):
    """One resource and what the plan does with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    op: str
    """``create``, ``update``, ``replace``, ``delete``, ``import``, or ``same``."""
    urn: str
    type: str
    name: str
    parent: str
    """The parent's URN."""
    provider: str
    """The provider reference, ``<urn>::<id>``; empty for components."""
    inputs: dict[str, Any]
    """What the program asks for (camelCase), secrets masked, unknown values as ``<computed>``."""
    old_inputs: dict[str, Any]
    changed: tuple[str, ...]
    """Paths of the properties that differ."""
    protect: bool = False
    retain: bool = False
    """Whether its deletion leaves what it stands for in the cloud."""
    forced_by: tuple[str, ...] = ()
    """Of a replacement, the paths that force it, as far as the provider says; no part of the digest."""
    order: str = ""
    """Of a replacement, which comes first (``replacing``)."""
    was: str = ""
    """The URN that it had before, where it is another one now."""

    @property
    def key(self) -> tuple[str, bool]:
        """What tells operations of one plan apart: a resource, and what of it an earlier replacement left to be deleted."""
        return self.urn, self.op == "delete"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The top-level inputs that hold a secret, whose value no event of Pulumi's shows."""
        return tuple(sorted(name for name, value in self.inputs.items() if _holds_secret(value)))

    @property
    def changes(self) -> bool:
        """Whether the operation changes anything."""
        return self.op not in NOTHING


class Plan(BaseModel):
    """Every resource of the program, with what happens to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operations: tuple[Operation, ...]

    @property
    def changes(self) -> tuple[Operation, ...]:
        """The operations that change something, in canonical order."""
        return tuple(op for op in self.operations if op.changes)

    @property
    def binding(self) -> tuple[Operation, ...]:
        """What an agreement binds: every operation that changes something, and whose account and region it is done in."""
        return tuple(op for op in self.operations if op.changes or op.type.startswith("pulumi:providers:"))

    @property
    def digest(self) -> str:
        """The plan digest, 64 hexadecimal digits."""
        return hashlib.sha256(canonical([_essence(op) for op in self.binding])).hexdigest()

    def counts(self) -> dict[str, int]:
        """How many operations there are of each kind."""
        return dict(sorted(Counter(op.op for op in self.operations).items()))

    @classmethod
    def of(cls, steps: Iterable[Mapping[str, Any]]) -> Plan:
        """Build the plan from the metadata of Pulumi's resource events.

        Args:
            steps: ``StepEventMetadata`` as Pulumi writes it in JSON (apitype), one per announced step.
        """
        by_urn: dict[str, list[Mapping[str, Any]]] = {}
        for step in steps:
            by_urn.setdefault(str(step["urn"]), []).append(step)
        operations = [operation for announced in by_urn.values() for operation in _of_one(announced)]
        return cls(operations=tuple(sorted(operations, key=lambda op: op.key)))


def _of_one(steps: list[Mapping[str, Any]]) -> list[Operation]:
    """What one URN's steps come to: at most one operation on the resource, and at most one deletion."""
    replaced = any(step["op"] in REPLACING - DELETING for step in steps)
    if any(step["op"] != REFRESH for step in steps):  # an update that begins with a refresh announces that first
        steps = [step for step in steps if step["op"] != REFRESH]
    own = [step for step in steps if step["op"] not in DELETING]
    found = [_operation(own[-1] if replaced else own[0], steps if replaced else ())] if own else []
    # A replacement deletes what it replaces; a deletion beyond that one is of what an earlier one left.
    gone = [step for step in steps if step["op"] in DELETING][1 if replaced else 0 :]
    return [*found, *(_operation(step).model_copy(update={"op": "delete"}) for step in gone[:1])]


def deployed(resources: Iterable[Mapping[str, Any]]) -> Plan:
    """A stack's state in the shape of a plan that changes nothing.

    Args:
        resources: The resources of an exported deployment (format 3).
    """
    return Plan.of({**resource, "op": "same", "new": resource} for resource in resources)


def differences(agreed: Plan, current: Plan) -> list[str]:
    """A sentence for each operation in which two plans differ."""
    before = {op.key: canonical(_essence(op)) for op in agreed.binding}
    after = {op.key: canonical(_essence(op)) for op in current.binding}
    ops = {op.key: op for op in (*agreed.binding, *current.binding)}
    return [
        f"{ops[key].op} {ops[key].type} {ops[key].name}: "
        + ("no longer planned" if key not in after else "newly planned" if key not in before else "planned otherwise")
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no white space (as RFC 8785 orders it), UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def provider_name(op: Operation) -> str:
    """The URN of the operation's provider, without its id, which a preview does not know yet."""
    return op.provider.rpartition("::")[0]


def _operation(step: Mapping[str, Any], replaces: Sequence[Mapping[str, Any]] = ()) -> Operation:
    new, old = step.get("new") or {}, step.get("old") or {}
    state = new or old
    urn = str(step["urn"])
    type_, name = str(step["type"]), urn.rsplit("::", 1)[-1]
    changed = {*(step.get("diffs") or ()), *(step.get("detailedDiff") or ())}
    return Operation(
        op="replace" if replaces else str(step["op"]),
        urn=urn,
        type=type_,
        name=name,
        parent=str(state.get("parent") or ""),
        provider=str(step.get("provider") or ""),
        inputs=_plain(type_, name, new.get("inputs") or {}),
        old_inputs=_plain(type_, name, once_known(old.get("inputs") or {}, new.get("inputs") or {})),
        changed=tuple(sorted(changed)),
        protect=bool(state.get("protect")),
        retain=bool((old if replaces else state).get("retainOnDelete")),  # what is deleted decides, not what takes its place
        forced_by=replacing.forced_by(replaces),
        order=replacing.order(replaces),
        was=str(old["urn"]) if old.get("urn") not in {None, urn} else "",
    )


def _plain(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    hidden = HOW_THE_PROVIDER_IS_REACHED if type_.startswith("pulumi:providers:") else frozenset[str]()
    generated = re.compile(rf"{re.escape(name)}-[0-9a-f]{{7}}")
    return {
        key: GENERATED if isinstance(value, str) and generated.fullmatch(value) else _value(value)
        for key, value in inputs.items()
        if key not in hidden and not (hidden and key.startswith("skip")) and key not in BOOKKEEPING
    }


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        if SIGNATURE in value:
            # An asset's or archive's content is its hash; where it lies on this machine is not part of the plan.
            return {key: _value(item) for key, item in value.items() if key in {SIGNATURE, "hash", "value"}}
        return {key: _value(item) for key, item in value.items() if key not in BOOKKEEPING}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, str):
        # A program's own text that reads like one of our marks must not pass for it.
        return COMPUTED if value in UNKNOWNS else f"literal {value}" if value in {COMPUTED, GENERATED} else value
    return value


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _essence(op: Operation) -> dict[str, Any]:
    """What of an operation counts: new values of what changes, or everything that is created."""
    values = op.inputs if op.op != "update" else {key: op.inputs.get(key) for key in roots(op.changed)}
    return {
        "op": op.op,
        "urn": op.urn,  # the stack's name is in it: what is agreed on for one environment is not for another
        "parent": op.parent,
        "provider": provider_name(op),
        "changed": list(op.changed),
        "protect": op.protect,
        "retain": op.retain,
        "values": {} if op.op == "delete" else values,
    }


def plain_outputs(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """A stack's outputs as an event tells them, unknown values as ``<computed>``, without those that are secret."""
    return {key: _value(value) for key, value in outputs.items() if key not in BOOKKEEPING and not _holds_secret(value)}


def roots(paths: Iterable[str]) -> list[str]:
    """The top-level properties that ``paths`` (``a.b[0]``) lie in."""
    return sorted({path.split(".")[0].split("[")[0] for path in paths})
