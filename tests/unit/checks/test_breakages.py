from __future__ import annotations

from dataclasses import replace

import pytest
from unit.checks import breakages_application, breakages_database, breakages_drills, breakages_network, breakages_storage
from unit.checks.breakage import Breakage
from unit.checks.healthy import HEALTHY, broken
from unit.checks.healthy_network import FLOW_LOGS
from unit.checks.healthy_trials import CARD

from runbook_lib.checks.registry import CHECKS
from runbook_lib.results import Status, verdict
from runbook_lib.snapshot import Snapshot, Unreadable, Untried

ROWS = (
    *breakages_network.ROWS,
    *breakages_database.ROWS,
    *breakages_application.ROWS,
    *breakages_storage.ROWS,
    *breakages_drills.ROWS,
)


def verdicts(system: Snapshot) -> dict[str, Status]:
    """Each check's verdict."""
    return {name: verdict(rule.findings(system)) for name, rule in CHECKS.rules().items()}


def test_every_check_passes_a_healthy_system() -> None:
    assert {name: status for name, status in verdicts(HEALTHY).items() if status is not Status.PASS} == {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what.replace(" ", "-"))
def test_a_breakage_is_noticed_by_exactly_its_checks(row: Breakage) -> None:
    failed = {name for name, status in verdicts(row.system).items() if status is Status.FAIL}
    assert failed == row.noticed_by


def test_a_log_that_was_not_heard_of_is_no_evidence() -> None:
    """Neither that the card number is there nor that it is not."""
    execution = "API-Gateway-Execution-Logs_api1/staging"
    [answered, searched] = CHECKS.rules()["card_number_refused_and_forgotten"].findings(broken(CARD, silent=(execution,)))
    assert (answered.status, searched.status) == (Status.PASS, Status.UNKNOWN)
    assert execution in searched.message


def test_a_delivery_of_which_aws_says_nothing_is_no_evidence() -> None:
    silent = broken(FLOW_LOGS, of_vpc=(replace(FLOW_LOGS.of_vpc[0], delivery=""),))
    [there, delivered] = CHECKS.rules()["flow_logs_delivered"].findings(silent)
    assert (there.status, delivered.status, delivered.resource) == (Status.PASS, Status.UNKNOWN, "fl-1")


def test_every_check_is_known_to_fail() -> None:
    noticed = {check for row in ROWS for check in row.noticed_by}
    assert noticed == set(CHECKS.rules())


def test_a_check_needs_its_parts() -> None:
    """With nothing readable no check passes, and none of them breaks."""
    blind = replace(HEALTHY, parts={part: Unreadable("AccessDenied: no") for part in HEALTHY.parts})
    assert set(verdicts(blind).values()) == {Status.UNKNOWN}
    for rule in CHECKS.rules().values():
        [finding] = rule.findings(blind)
        assert "AccessDenied: no" in finding.message
        assert finding.requirement == rule.requirement


@pytest.mark.parametrize("part", HEALTHY.parts, ids=lambda part: part.__name__)
def test_one_unreadable_part_makes_some_checks_unknown_and_fails_none(part: type) -> None:
    seen = verdicts(replace(HEALTHY, parts={**HEALTHY.parts, part: Unreadable("throttled")}))
    assert Status.UNKNOWN in seen.values()
    assert Status.FAIL not in seen.values()


@pytest.mark.parametrize("part", HEALTHY.parts, ids=lambda part: part.__name__)
def test_a_resource_that_is_gone_is_a_failure(part: type) -> None:
    seen = verdicts(replace(HEALTHY, parts={**HEALTHY.parts, part: Unreadable("NotFound", absent=True)}))
    assert Status.FAIL in seen.values()


@pytest.mark.parametrize("part", HEALTHY.parts, ids=lambda part: part.__name__)
def test_what_was_not_tried_is_neither_passed_nor_failed(part: type) -> None:
    """Whoever looks at it says nothing; everybody else, and who looks at all resources there are, says what he always does."""
    system = replace(HEALTHY, parts={**HEALTHY.parts, part: Untried("drills are off")})
    blind = replace(HEALTHY, parts={**HEALTHY.parts, part: Unreadable("throttled")})
    silent = {name for name, rule in CHECKS.rules().items() if not rule.findings(system)}
    assert silent == {name for name, status in verdicts(blind).items() if status is Status.UNKNOWN} - {
        "resources_tagged",
        "resources_named",
    }
    assert {finding.status for finding in CHECKS.run(system)} == {Status.PASS}


def test_a_part_nobody_collected_is_not_a_pass() -> None:
    assert set(verdicts(replace(HEALTHY, parts={})).values()) <= {Status.UNKNOWN, Status.FAIL}
