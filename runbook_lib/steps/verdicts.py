"""What 03 finds of the plan that was agreed on, and of what came of it; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.agreement import deviations, not_known, not_shown
from runbook_lib.plan import Plan, differences
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runbook_lib.errors import ConstraintError

COMPARED = "values, parents, providers, protection and retention"
UNSEEN = "deletedWith, replaceOnChanges, hooks and the like"
"""What no event of Pulumi's tells, and its own plan does not hold to either (3.260)."""
_SHOWN = 10
"""How many deviations a finding names; the result holds all."""


def basis_moved(agreed: Plan, moved: Sequence[str]) -> Finding:
    """What the plan was made from is no longer so: it is not even made again."""
    return Finding(
        check="plan_unmoved",
        requirement=(),
        status=Status.FAIL,
        resource=agreed.digest,
        message=f"The plan that was agreed on, digest {agreed.digest[:12]}, is out of date: {'; '.join(moved)}.",
        remedy="Nothing was applied. Run 02_plan again and agree on the new plan.",
    )


def unmoved(wanted: str, agreed: Plan, current: Plan) -> Finding:
    """Whether the plan, made once more, is the one agreed on."""
    moved = current.digest != wanted
    what = "; ".join(differences(agreed, current)[:10])
    return Finding(
        check="plan_unmoved",
        requirement=(),
        status=Status.FAIL if moved else Status.PASS,
        resource=current.digest,
        message=f"The plan moved since it was agreed on: digest {current.digest[:12]} instead of {wanted[:12]}. {what}"
        if moved
        else f"The plan is the one agreed on, digest {current.digest[:12]}{_but_for_secrets(current)}.",
        remedy="Nothing was applied. Run 02_plan again and agree on the new plan." if moved else "",
    )


def refused(agreed: Plan, error: ConstraintError, told: Sequence[str]) -> Finding:
    """What Pulumi refused, and whether what it had done by then is as agreed on."""
    done = {each.urn for each in error.outcome.done}
    before, after = (
        Plan(operations=tuple(op for op in plan.operations if op.urn in done)) for plan in (agreed, error.outcome.plan)
    )
    odd = deviations(before, after)
    so_far = f"By then {len(after.changes)} operations were done" if after.changes else "Nothing was applied"
    as_agreed = f"; otherwise than agreed on: {_listed(odd)}" if odd else f", with the agreed {COMPARED}" if after.changes else ""
    return Finding(
        check="applied_as_planned",
        requirement=(),
        status=Status.FAIL,
        resource=agreed.digest,
        message=f"Pulumi, held to the plan that it saved, refused what was not agreed on: {_listed(told)}. {so_far}{as_agreed}.",
        remedy="Run 02_plan and 03_deploy again: what was done counts, and a value that the plan could not know may have come "
        "out as it was. If it is refused again, the program asks for something else in an update than in a preview: mend it.",
    )


def applied(agreed: Plan, applied: Plan, odd: Sequence[str], held: Mapping[str, Any]) -> Finding:
    """Whether what was applied is what was agreed on, and whether Pulumi could have done anything else."""
    return Finding(
        check="applied_as_planned",
        requirement=(),
        status=Status.FAIL if odd else Status.PASS,
        resource=agreed.digest,
        message=f"What was applied is not what was agreed on: {_listed(odd)}."
        if odd
        else f"All {len(applied.changes)} operations were applied as agreed on, and no other: with the agreed {COMPARED}"
        f"{_but_for_secrets(applied)}. Of {len(not_known(agreed, applied))} values the plan could not know what they would be; "
        f"options that no preview shows ({UNSEEN}) were not compared. {_holding(held)}",
        remedy="The stack holds what was applied. Run 02_plan to see what it takes to get to what the program asks for."
        if odd
        else "",
    )


def _holding(held: Mapping[str, Any]) -> str:
    """Whether Pulumi itself could do nothing else, as a sentence."""
    if digest := held.get("sha256"):
        return f"Pulumi was held to the plan that it saved, SHA-256 {digest[:12]}."
    return f"Pulumi was not held to a saved plan: {held['why_not']}."


def _listed(odd: Sequence[str]) -> str:
    more = f" (and {len(odd) - _SHOWN} more, all in the result)" if len(odd) > _SHOWN else ""
    return f"{'; '.join(odd[:_SHOWN])}{more}"


def _but_for_secrets(plan: Plan) -> str:
    """Names what is no part of a digest or a comparison, because Pulumi never shows it."""
    hidden = not_shown(plan)
    more = f" and {len(hidden) - _SHOWN} more" if len(hidden) > _SHOWN else ""
    return f"; not compared, because secret: {', '.join(hidden[:_SHOWN])}{more}" if hidden else ""
