"""Whether the caller may do what the steps do: what IAM says of the published policies, judged; pure but for reading those."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runbook_lib import settings
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.preflight.facts import Permissions

CHECK = "permissions_suffice"
PERMISSIONS = "permissions"
"""The question, where it was not answered."""
NEEDED = "Needed"
"""The statement of what the steps themselves ask for; others list what the provider may."""
UNASKED = "unasked"
UNASKED_HOW = f"-p permissions={UNASKED}"


def published(name: str) -> dict[str, tuple[str, ...]]:
    """The actions of a published policy by statement."""
    text = (settings.home() / "docs" / "policies" / f"{name}.json").read_text(encoding="utf-8")
    return {each["Sid"]: tuple(each["Action"]) for each in json.loads(text)["Statement"]}


def wanted(permissions: str, *, drills: bool) -> tuple[str, ...]:
    """The policies that a caller is held to.

    Args:
        permissions: The parameter of 01: ``deploy``, ``read-only`` or ``unasked``.
        drills: Whether this run drills.
    """
    if permissions == UNASKED:
        return ()
    if permissions == "read-only":
        return ("read-only",)
    return ("read-only", "deploy", "change", *(["drills"] if drills else []))


def findings(found: Permissions) -> Iterator[Finding]:
    """One finding for each policy whose actions the steps themselves need."""
    for each in found.decided:
        name = f"docs/policies/{each.policy}.json"
        if each.denied and each.conditions:
            message = (
                f"{found.principal} may not, as far as IAM says without {', '.join(each.conditions)}, what {name} allows: "
                f"{', '.join(each.denied)}."
            )
            remedy = f"Look whether those conditions hold; then run 01 with {UNASKED_HOW}."
            yield _finding(Status.UNKNOWN, found.principal, message, remedy)
        elif each.denied:
            message = f"{found.principal} may not: {', '.join(each.denied)} ({name})."
            remedy = (
                f"Have {name} attached to it. If it may do so on this stack's resources alone, which cannot be asked before they "
                f"are there: {UNASKED_HOW}."
            )
            yield _finding(Status.FAIL, found.principal, message, remedy)
        elif each.asked > len(each.provider):
            message = f"{found.principal} may do all that the steps need of {name}."
            yield _finding(Status.PASS, found.principal, message)


def warnings(found: Permissions) -> Iterator[str]:
    """What was not looked at, and what the provider may lack."""
    if found.unasked:
        yield f"Permissions were not looked at: {found.unasked}"
    for each in found.decided:
        if each.provider:
            listed = ", ".join(each.provider)
            yield f"Pulumi's provider may need what {found.principal} may not: {listed} (docs/policies/{each.policy}.json)."


def unanswered(why: str) -> Finding:
    """The finding where IAM did not say."""
    remedy = f"Allow the caller what docs/policies/read-only.json lists, and run 01 again; or say that you know: {UNASKED_HOW}."
    return _finding(Status.UNKNOWN, PERMISSIONS, f"IAM does not say what the caller may do: {why}", remedy)


def _finding(status: Status, resource: str, message: str, remedy: str = "") -> Finding:
    return Finding(check=CHECK, requirement=(), status=status, resource=resource, message=message, remedy=remedy)
