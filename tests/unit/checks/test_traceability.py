from __future__ import annotations

from runbook_lib import settings, traceability
from runbook_lib.checks.registry import CHECKS
from runbook_lib.gates.registry import GATES
from runbook_lib.verify import REQUIREMENTS


def table() -> dict[str, list[str]]:
    """Row → its gates, its unit tests and its checks, from the page as it is committed."""
    lines = (settings.home() / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row: proofs for row, _, *proofs in (found for found in cells if len(found) == 5) if row != "row"}


def test_the_page_is_what_the_registries_say() -> None:
    """Write it anew: ``python -m runbook_lib.traceability > docs/requirements.md``."""
    assert (settings.home() / "docs" / "requirements.md").read_text(encoding="utf-8") == traceability.page()


def test_every_row_is_there_and_no_rule_names_another() -> None:
    named = {row for rules in (GATES.rules(), CHECKS.rules()) for rule in rules.values() for row in rule.requirement}
    tested = {row for rows in traceability.unit_tests().values() for row in rows}
    assert set(traceability.ROWS) == {*REQUIREMENTS, *named, *tested} == set(table())


def test_every_row_is_proved_before_anything_exists() -> None:
    proved = {row: ("runbook_lib/gates/" in gates, "tests/unit/" in tests) for row, (gates, tests, _) in table().items()}
    assert [row for row, by in proved.items() if not any(by)] == []


def test_every_row_is_proved_live_unless_it_is_about_the_plan() -> None:
    live = {row for row, (_, _, checks) in table().items() if "runbook_lib/checks/" in checks}
    assert set(table()) - live == traceability.PLAN_ONLY


def test_drills_are_marked() -> None:
    marked = {name for name, rule in CHECKS.rules().items() if traceability.needs_drills(rule)}
    assert marked == {"audit_store_outage_survived", "database_outage_survived", "secret_outage_survived"}
