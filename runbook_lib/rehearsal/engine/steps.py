"""Steps: what is done to one resource, and the names Pulumi gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.serialize import masked_json
from runbook_lib.rehearsal.engine.urn import is_default_provider
from runbook_lib.rehearsal.engine.values import same

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.plan import Diff
    from runbook_lib.rehearsal.engine.state import Resource

# Steps that are parts of a replacement; the whole is counted and shown as `replace`.
PARTS = frozenset({"create-replacement", "delete-replaced", "read-replacement", "import-replacement", "discard-replaced"})
PENDING = {
    "create": "creating",
    "create-replacement": "creating",
    "update": "updating",
    "delete": "deleting",
    "delete-replaced": "deleting",
    "read": "reading",
    "read-replacement": "reading",
    "import": "importing",
    "import-replacement": "importing",
}


@dataclass
class Step:
    """One operation on one resource.

    Args:
        op: Pulumi's name of the operation.
        old: The resource before; None if there is none.
        new: The resource after; None if there will be none.
        diff: Why, if a diff asked for it.
        skip_provider: Change the record only: retained, external or deleted along with another resource.
        result: What a refresh turned out to be (`same`, `update` or `delete`).
    """

    op: str
    old: Resource | None = None
    new: Resource | None = None
    diff: Diff | None = None
    skip_provider: bool = False
    result: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> Resource:
        """The resource the step is about: as it will be, else as it was."""
        state = self.new or self.old
        assert state is not None, "a step has an old or a new state"  # noqa: S101 - an invariant, not input
        return state

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return self.state.urn

    @property
    def logical(self) -> bool:
        """Whether the step stands for itself, and is not part of a replacement."""
        return self.op not in PARTS

    @property
    def counted(self) -> bool:
        """Whether the summary counts it: not parts, not what the engine does for itself, no read that found nothing new."""
        if self.op == "remove-pending-replace" or is_default_provider(self.urn):
            return False
        if self.op == "read":
            return bool(self.old and self.new and not same(self.old.outputs, self.new.outputs))
        return self.logical

    def metadata(self, op: str = "") -> dict[str, Any]:
        """The step as the engine events show it, secrets blinded."""
        diff = self.diff
        data: dict[str, Any] = {
            "op": op or self.op,
            "urn": self.urn,
            "type": self.state.type,
            "old": _state(self.old),
            "new": _state(self.new),
            "detailedDiff": None,
            "logical": self.logical,
            "provider": self.state.provider,
        }
        if diff and diff.replaces and self.op not in {"update", "same"}:
            data["keys"] = diff.replaces
        if diff and diff.changed:
            data["diffs"] = diff.changed
        if diff and diff.detailed:
            data["detailedDiff"] = {
                path: {"diffKind": item.kind, "inputDiff": item.input_diff} for path, item in diff.detailed.items()
            }
        return data


def _state(resource: Resource | None) -> dict[str, Any] | None:
    if resource is None:
        return None
    flags = {
        "custom": resource.custom,
        "delete": resource.delete,
        "protect": resource.protect,
        "taint": resource.taint,
        "external": resource.external,
        "retainOnDelete": resource.retain_on_delete,
        "initErrors": resource.init_errors,
        "hideDiffs": resource.hide_diff,
    }
    return {
        "type": resource.type,
        "urn": resource.urn,
        "id": resource.id,
        "parent": resource.parent,
        "provider": resource.provider,
        "inputs": masked_json(resource.inputs, ciphertext=True),
        "outputs": masked_json(resource.outputs, ciphertext=True),
        **{key: value for key, value in flags.items() if value},
    }
