from __future__ import annotations

from runbook_lib import settings, traceability
from runbook_lib.checks.registry import CHECKS
from runbook_lib.gates.registry import GATES
from runbook_lib.verify import REQUIREMENTS


def table() -> dict[str, list[str]]:
    """Row → its gates and its checks, from the page as it is committed."""
    lines = (settings.home() / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row: [gates, checks] for row, _, gates, checks in (found for found in cells if len(found) == 4) if row != "row"}


def test_the_page_is_what_the_registries_say() -> None:
    """Write it anew: ``python -m runbook_lib.traceability > docs/requirements.md``."""
    assert (settings.home() / "docs" / "requirements.md").read_text(encoding="utf-8") == traceability.page()


def test_every_row_is_there_and_no_rule_names_another() -> None:
    named = {row for rules in (GATES.rules(), CHECKS.rules()) for rule in rules.values() for row in rule.requirement}
    assert set(traceability.ROWS) == {*REQUIREMENTS, *named} == set(table())


def test_every_row_has_a_gate_or_says_so_and_a_check_unless_it_is_about_the_plan() -> None:
    for row, (gates, checks) in table().items():
        assert "runbook_lib/gates/" in gates or gates == traceability.NO_GATE
        assert "runbook_lib/checks/" in checks or (checks == traceability.NO_CHECK and row in traceability.PLAN_ONLY)
        assert "runbook_lib/gates/" in gates or row not in traceability.PLAN_ONLY


def test_drills_are_marked() -> None:
    marked = {name for name, rule in CHECKS.rules().items() if traceability.needs_drills(rule)}
    assert marked == {"audit_store_outage_survived", "database_outage_survived", "secret_outage_survived"}
