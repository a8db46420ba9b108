"""Where the plan gates of this package declare themselves.

A gate is one file with one function of the file's name, judging a plan before anything is touched::

    @gate(requirement=("D2",), title="…")
    def database_meets_requirements(plan: Plan, context: GateContext) -> Judgements: …
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from runbook_lib.judgement import Judgement, Judgements, Registry, judge, unknown
from runbook_lib.outputs import is_production
from runbook_lib.plan import COMPUTED, Operation, Plan
from runbook_lib.signatures import SECRET, SIGNATURE
from runbook_lib.versions.paths import Offers

__all__ = [
    "COMPUTED",
    "GATES",
    "GateContext",
    "Judgements",
    "Operation",
    "Plan",
    "gate",
    "judge",
    "known_later",
    "none_is",
    "policies_known_later",
    "resources",
    "shown",
    "texts",
]


@dataclass(frozen=True)
class GateContext:
    """What a plan is measured by.

    Attributes:
        environment: E.g. ``staging``.
        suffix: What tells two stacks of one environment apart.
        engines: What RDS offers of each engine in the plan, by the engine's name.
        running: What databases that would be changed run now, by URN.
        day: The day that support is judged for.
        deletion_limit: How many stateful resources the plan may delete or replace.
        warnings: What Pulumi warned of while it planned.
        account: The AWS account that the plan goes to.
        region: Its region.
        protected: Whether the stack is configured to keep what it holds, as production's is.
        min_support_days: How many days of standard support databases and runtimes must have left.
        rehearsal: Whether an emulator stands in for AWS: what is made outside of the stack may then be an example.
    """

    environment: str
    suffix: str
    engines: Mapping[str, Offers] = field(default_factory=dict)
    running: Mapping[str, str] = field(default_factory=dict)
    day: date = date.max
    deletion_limit: int = 0
    warnings: tuple[str, ...] = ()
    account: str = ""
    region: str = ""
    protected: bool = False
    min_support_days: int = 0
    rehearsal: bool = False

    @property
    def production(self) -> bool:
        """Whether real payments are at stake: by the environment's name, or because it is protected as if they were."""
        return self.protected or is_production(self.environment)


GATES: Registry[[Plan, GateContext]] = Registry("runbook_lib.gates")
gate = GATES.register


def none_is(plan: Plan, what: str) -> Judgement:
    """A plan has nothing that a gate is about, which is evidence only if it has resources at all.

    Args:
        plan: The plan.
        what: What none of them is, e.g. ``a function``.
    """
    number = len(list(resources(plan)))
    good, bad = f"None of {number} resources is {what}.", "The plan has no resource of AWS."
    return judge(what, ok=number > 0, good=good, bad=bad, remedy="Plan a stack that has some.")


def resources(plan: Plan, *types: str) -> Iterator[Operation]:
    """What will be there after the plan: resources of these type tokens, or of AWS altogether."""
    for op in plan.operations:
        if op.op != "delete" and (op.type in types if types else op.type.startswith("aws:")):
            yield op


def shown(plan: Plan, *types: str) -> Iterator[Operation]:
    """The same as ``resources``, in which what is kept secret reads as not known: a gate cannot look at either."""
    for op in resources(plan, *types):
        inputs = _without_secrets(op.inputs)
        yield op if inputs == op.inputs else op.model_copy(update={"inputs": inputs})


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return COMPUTED
        return {name: _without_secrets(each) for name, each in value.items()}
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value


def known_later(op: Operation, settings: Iterable[str]) -> Judgement:
    """What decides is not in the plan: only the update will know it, or it is kept secret."""
    told = ", ".join(sorted(set(settings)))
    return unknown(
        op.name,
        f"{op.name} ({op.type}) sets {told} to what the plan does not show: known only after the update, or secret.",
        "Give it a value that the plan can show.",
    )


def texts(value: object) -> set[str]:
    """Every text in a property's value, however deep."""
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for item in items for text in texts(item)}


def policies_known_later(plan: Plan) -> set[str]:
    """The resources with policies that name something not made yet."""
    return {
        op.name
        for op in resources(plan)
        for name, value in op.inputs.items()
        if "polic" in name.lower() and COMPUTED in texts(value)
    }
