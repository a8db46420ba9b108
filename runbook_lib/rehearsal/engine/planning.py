"""The plan that a run makes (`preview --save-plan`), and the one that it may not exceed (`up --plan`)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.changes import Changes
from runbook_lib.rehearsal.engine.constraints import allows, goal_violation, property_violation
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.update_plan import PlannedGoal, PlannedResource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runbook_lib.rehearsal.engine.goal import Goal
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.steps import Step
    from runbook_lib.rehearsal.engine.values import Properties


class PlanViolationError(EngineError):
    """Raised when the run would do what its plan does not allow.

    Args:
        message: What, in Pulumi's words.
        urn: The resource; empty where the real command names none.
    """

    def __init__(self, message: str, urn: str = "") -> None:
        super().__init__(message)
        self.urn = urn


class Planning:
    """Notes what a run plans, and refuses what it may not do.

    Args:
        constraint: A plan that was saved, by URN; None if the run may do anything. Its steps are used up.
        notes: Whether what is planned shall be kept, to be saved.
    """

    def __init__(self, constraint: dict[str, PlannedResource] | None = None, *, notes: bool = False) -> None:
        self.made: dict[str, PlannedResource] = {}
        self._constraint = constraint
        self._notes = notes
        self._lock = threading.Lock()

    def seed(self, urn: str) -> bytes:
        """The random bytes that the plan was made with, so that names drawn from them come out the same; empty if it has none."""
        return self._constraint[urn].seed if self._constraint and urn in self._constraint else b""

    def register(self, goal: Goal, new: Resource, old: Resource | None, *, anew: bool, seed: bytes) -> None:
        """Take one registration in, its inputs checked.

        Args:
            goal: What the program asks for.
            new: The resource as it will be.
            old: As it is.
            anew: Whether everything of it is made anew, so that nothing is compared.
            seed: The random bytes its provider got.

        Raises:
            PlanViolationError: if it is not what was planned.
        """
        before = old.inputs if old is not None else {}
        if self._notes:
            planned_goal = PlannedGoal.of(goal, new.provider, Changes.between({} if anew else before, new.inputs))
            with self._lock:
                made = self.made.setdefault(new.urn, PlannedResource())  # which may have steps: deleted on another's way
                made.goal, made.seed = planned_goal, seed
        if self._constraint is None:
            return
        if new.urn in self._constraint:
            planned = self._constraint[new.urn].goal
        elif old is not None:
            planned = PlannedGoal.as_it_is(old)
        else:
            return  # its creation is not planned, which is told of the step
        if said := goal_violation(planned, PlannedGoal.of(goal, new.provider), before, new.inputs):
            raise PlanViolationError(f"resource {new.urn} violates plan: {said}", new.urn)

    def admit(self, steps: Sequence[Step], *, named: bool = True) -> None:
        """Take steps in that are about to be begun.

        Args:
            steps: In their order.
            named: Whether a refusal is about a resource, as the real command has it.

        Raises:
            PlanViolationError: if one of them was not planned.
        """
        if steps and steps[0].op.startswith("read"):
            return  # what a program only reads is no part of a plan
        with self._lock:
            for step in steps:
                self._use_up(step, step.urn if named else "")
                if self._notes:
                    self.made.setdefault(step.urn, PlannedResource()).steps.append(step.op)

    def _use_up(self, step: Step, urn: str) -> None:
        if self._constraint is None:
            return
        planned = self._constraint.get(step.urn)
        if planned is None:
            if step.op != "same":
                raise PlanViolationError(f"{step.op} is not allowed by the plan: no steps were expected for this resource", urn)
        elif not planned.steps:
            raise PlanViolationError(f"{step.op} is not allowed by the plan: no more steps were expected for this resource", urn)
        elif not allows(expected := planned.steps.pop(0), step.op):
            raise PlanViolationError(f"{step.op} is not allowed by the plan: this resource is constrained to {expected}", urn)

    def outcome(self, resource: Resource) -> None:
        """Note what a resource is expected to be."""
        with self._lock:
            if resource.urn in self.made:
                self.made[resource.urn].outputs = resource.outputs

    def outputs(self, urn: str, old: Properties, new: Properties) -> None:
        """Take the outputs of a component or the stack in.

        Raises:
            PlanViolationError: if they are not what was planned.
        """
        with self._lock:
            made = self.made.get(urn)
            if made and made.goal:
                made.goal.outputs, made.outputs = Changes.between(old, new), new
        if self._constraint is None:
            return
        planned = self._constraint.get(urn)
        if planned is None or planned.goal is None:
            raise PlanViolationError(f"no plan for resource {urn}")
        if said := property_violation(planned.goal.outputs, old, new):
            raise PlanViolationError(f"resource violates plan: {said}", urn)

    def unseen(self, present: Iterable[str]) -> list[str]:
        """URNs of which the plan expected more than has happened.

        Args:
            present: URNs the stack had: what was to be deleted and is gone already needs no deletion.
        """
        there = set(present)
        return sorted(
            urn
            for urn, planned in (self._constraint or {}).items()
            if planned.steps and not (planned.steps == ["delete"] and urn not in there)
        )
