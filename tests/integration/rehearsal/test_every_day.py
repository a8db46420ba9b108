"""A rehearsal concludes the same on every day, and its warnings are true on each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib import parameters, settings, steps
from runbook_lib.engine import Engine
from runbook_lib.results import Status
from runbook_lib.steps.step import Context

if TYPE_CHECKING:
    from integration.mutations.deployment import Deployed

    from runbook_lib.steps.outcome import Report

ENVIRONMENT = "staging"
RECORDED = "2026-10-20"
DAYS = ("2026-10-20", "2026-12-31", "2027-02-28", "2027-03-01", "2027-04-05", "2028-02-29", "2031-11-26")


def look(deployed: Deployed, step: Any, name: str, today: str) -> Report:
    """What a step finds with the clock at the last second of a day."""
    clock = datetime.fromisoformat(today).replace(tzinfo=UTC) + timedelta(seconds=86399)
    known = parameters.parse(name, {"environment": ENVIRONMENT, **settings.environment(ENVIRONMENT).steps.get(name, {})})
    with deployed.environment():
        found: Report = step.__wrapped__(Context(deployed.run, deployed.aws, Engine(deployed.run), clock=lambda: clock), known)
    return found


@pytest.mark.parametrize("today", DAYS)
def test_versions(deployed: Deployed, today: str) -> None:
    found = look(deployed, steps.version_discovery, "01_version_discovery", today)
    assert {finding.status for finding in found.findings} == {Status.PASS}
    assert (found.data["day"], found.data["today"]) == (RECORDED, today)
    dated = ("engine_version_creatable", "instance_class_orderable", "engine_version_supported", "lambda_runtime_supported")
    assert {f.check for f in found.findings if RECORDED in f.message} == set(dated)
    assert ("On today's date" in found.frames) == (today != RECORDED)
    told = " ".join(found.warnings or ())
    ended = today > "2027-02-28"
    assert ("standard support ended 2027-02-28" in told) == ended
    assert ("standard support ends 2027-02-28" in told) != ended
    assert (f"On today's date, {today}" in told) == (today != RECORDED)


@pytest.mark.parametrize("today", DAYS)
def test_costs(deployed: Deployed, today: str) -> None:
    found = look(deployed, steps.cost_check, "05_cost_check", today)
    assert {finding.status for finding in found.findings} == {Status.PASS}
    assert [f.check for f in found.findings if RECORDED in f.message] == ["cost_within_budget", "price_list_fresh"]
    assert all(warning.startswith(f"On today's date, {today}") for warning in found.warnings or ())
    assert bool(found.warnings) == (today != RECORDED)
