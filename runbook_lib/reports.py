"""What ``runbook report`` gives: the page of a run's latest plan, from its records alone."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from runbook_lib import decision
from runbook_lib.errors import UsageError
from runbook_lib.results import Status
from runbook_lib.run import Run

if TYPE_CHECKING:
    from runbook_lib.results import StepResult

PLAN = "02_plan"
DISCOVERY = "01_version_discovery"
DEPLOY = "03_deploy"


class Format(StrEnum):
    """What a report is written as."""

    MARKDOWN = "markdown"
    """For a pull request or a job summary; cut to fit, and then it says so."""
    HTML = "html"
    """A document of its own."""


def format_named(name: str) -> Format:
    """A format by its name.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in set(Format):
        raise UsageError(f"There is no format {name!r}.", remedy=f"Formats: {', '.join(Format)}.")
    return Format(name)


def report(run_id: str, kind: Format, limit: int) -> str:
    """The page of the plan that a run decided on last, passed or not.

    Args:
        run_id: The run.
        kind: Markdown or HTML.
        limit: The bytes that Markdown may have.

    Raises:
        UsageError: There is no such run, or no plan in it, or its shortest page is longer than ``limit``.
        RecordError: Its records fail verification.
    """
    run = Run.find(run_id)
    result = run.result(PLAN)
    if result is None or "causes" not in result.data:
        why = "has left no result" if result is None else "did not come to a plan that this version shows"
        raise UsageError(f"{PLAN} {why} in run {run_id}: there is nothing to decide on.", remedy=f"runbook run 02 --run {run_id}")
    found, since = run.passed(DISCOVERY).data, _since(run, result)
    if kind is Format.HTML:
        title = f"{run.facts.environment} {run_id}: {since.status(result)}"
        return decision.document(title, decision.page(run.facts, result, found, since=since))
    page = decision.page(run.facts, result, found, limit=limit, since=since)
    if (size := len(page.encode())) > limit:
        raise UsageError(f"The shortest page of this plan has {size} bytes, more than {limit}.", remedy="Give a larger --limit.")
    return page


def _since(run: Run, result: StepResult) -> decision.Since:
    """What the run's ledger says of a plan beyond its result: how its notebook ended, and what 03 made of it."""
    but = ""
    if result.status is Status.PASS:
        try:
            run.passed(PLAN)
        except UsageError as error:
            but = error.message
    planned, deployed = run.latest(PLAN), run.latest(DEPLOY)
    if deployed is None or planned is None or deployed.events[0]["at"] < planned.events[-1]["at"]:
        return decision.Since(but=but)
    came_to = "applied it" if deployed.status is Status.PASS else f"was started on it and came to {deployed.status or 'no end'}"
    return decision.Since(but=but, deployed=f"{DEPLOY} {came_to} ({deployed.events[-1]['at']}).")
