"""What Pulumi's events say of an operation on the stack: what it announced, what came of it, what it warned of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from runbook_lib.plan import REFRESH, Plan, plain_outputs
from runbook_lib.policy_packs import Violation
from runbook_lib.secret_places import learn

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi.automation.events import EngineEvent, PolicyEvent, StepEventMetadata


STACK = "pulumi:pulumi:Stack"


class Done(BaseModel):
    """One resource operation that ended."""

    model_config = ConfigDict(frozen=True)

    op: str
    urn: str
    type: str
    seconds: float


class Outcome(BaseModel):
    """What an operation on the stack did."""

    model_config = ConfigDict(frozen=True)

    plan: Plan
    """The steps Pulumi announced, as in a preview."""
    outside: Plan = Plan(operations=())
    """What a refresh that came first found changed outside Pulumi: from what its state held to what there is."""
    done: tuple[Done, ...]
    warnings: tuple[str, ...]
    """Diagnostics of severity warning."""
    outputs: dict[str, Any] = {}
    """The stack's outputs that are not secret; of a preview, as far as they are known, ``<computed>`` for the rest."""
    policy_packs: dict[str, str] = {}
    """The policy packs that ran, with their versions."""
    violations: tuple[Violation, ...] = ()
    """What they found."""


class Recorder:
    """Collects Pulumi's events into an ``Outcome``.

    Args:
        progress: Told of each resource.
        applies: Whether the operation changes anything; a preview announces the same events and does nothing.
    """

    def __init__(self, progress: Callable[[str], None], *, applies: bool = True) -> None:
        self._progress = progress
        self.applies = applies
        self._steps: list[dict[str, Any]] = []
        self._refreshed: list[dict[str, Any]] = []
        self._begun: dict[tuple[str, str], float] = {}
        self._done: list[Done] = []
        self._warnings: list[str] = []
        self._outputs: dict[str, Any] = {}
        self.results: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.violations: list[Violation] = []
        self._packs: dict[str, str] = {}
        self.heard = False
        """Whether Pulumi told of anything at all: where it refuses its command line it does not."""

    def __call__(self, event: EngineEvent) -> None:
        """Take one event in."""
        self.heard = True
        if event.resource_pre_event:
            step = event.resource_pre_event.metadata
            self._steps.append(_step(step))
            self._begun[step.urn, step.op] = event.timestamp
        elif event.res_outputs_event:
            step = event.res_outputs_event.metadata
            self.results.append(_step(step))
            if self.results[-1]["op"] == REFRESH:
                self._refreshed.append(self.results[-1])
            if step.type == STACK and step.new:
                self._outputs = plain_outputs(step.new.outputs or {})
            seconds = event.timestamp - self._begun.get((step.urn, step.op), event.timestamp)
            self._done.append(Done(op=str(getattr(step.op, "value", step.op)), urn=step.urn, type=step.type, seconds=seconds))
            self._progress(f"{len(self._done)} of {len(self._steps)} resources, {step.urn.rsplit('::', 1)[-1]}")
        elif event.policy_event:
            self.violations.append(_violation(event.policy_event))
        elif event.summary_event:
            self._packs |= event.summary_event.policy_packs or {}
        elif event.diagnostic_event and event.diagnostic_event.severity in {"warning", "error"}:
            about = event.diagnostic_event.urn or ""
            said = f"{about.rsplit('::', 1)[-1]}: {event.diagnostic_event.message.strip()}".removeprefix(": ")
            (self.errors if event.diagnostic_event.severity == "error" else self._warnings).append(said)

    def evidence(self) -> dict[str, Any]:
        """What had been done when the operation failed; a preview has done nothing, however far it came."""
        if not self.applies:
            return {"applied": False, "previewed": len(self._done), "warnings": self._warnings}
        done = [each.model_dump(mode="json") for each in self._done]
        told = {"violations": [each.model_dump(mode="json") for each in self.violations]} if self.violations else {}
        return {"applied": bool(done), "announced": len(self._steps), "done": done, "warnings": self._warnings, **told}

    def told_to_stop(self) -> str:
        """How an interrupted operation ended."""
        return (
            "it finished what was in flight and saved its state" if self.applies else "it changes nothing, so nothing was applied"
        )

    def outcome(self, outputs: dict[str, Any] | None = None) -> Outcome:
        """What the operation did, now that it is over."""
        plan, outside = Plan.of(self._steps), _outside(self._refreshed)
        # What somebody put there by hand is on no record of secrets, and goes on this one; what a program asks for, gates judge.
        learn((*(op.old_inputs for op in plan.operations), *(op.inputs for op in outside.operations)))
        known = self._outputs if outputs is None else outputs
        # A program may log an error and come to its end all the same: Pulumi succeeds, and somebody should read it.
        return Outcome(
            plan=plan,
            outside=outside,
            done=tuple(self._done),
            warnings=(*self.errors, *self._warnings),
            outputs=known,
            policy_packs=self._packs,
            violations=tuple(self.violations),
        )

    def refused_by_policy(self) -> bool:
        """Whether policies alone ended it: what they refuse is no failure of the program or of Pulumi."""
        return any(each.binding for each in self.violations) and not self.errors


def _violation(event: PolicyEvent) -> Violation:
    return Violation(
        pack=event.policy_pack_name,
        version=event.policy_pack_version,
        policy=event.policy_name,
        message=event.message,
        level=event.enforcement_level,
        urn=event.resource_urn or "",
    )


def _outside(refreshed: list[dict[str, Any]]) -> Plan:
    """What a refresh found otherwise than the state had it; what it found gone is a deletion, for which nobody asked."""

    def op(step: dict[str, Any]) -> str:
        if step["new"] is None:
            return "delete"
        # As Pulumi itself counts it: what the provider calls no difference is none, however it spells its inputs.
        return "update" if step["diffs"] or step["detailedDiff"] else "same"

    found = Plan.of({**step, "op": op(step)} for step in refreshed)
    return Plan(operations=found.changes)


def _step(metadata: StepEventMetadata) -> dict[str, Any]:
    def state(found: Any) -> dict[str, Any] | None:
        if not found:
            return None
        kept = {"protect": found.protect, "retainOnDelete": found.retain_on_delete}
        return {"urn": found.urn, "parent": found.parent, "inputs": found.inputs, **kept}

    return {
        "op": getattr(metadata.op, "value", metadata.op),
        "urn": metadata.urn,
        "type": metadata.type,
        "provider": metadata.provider,
        "old": state(metadata.old),
        "new": state(metadata.new),
        "keys": metadata.keys,
        "diffs": metadata.diffs,
        "detailedDiff": {path: each.diff_kind.value for path, each in (metadata.detailed_diff or {}).items()},
    }
