"""A database in a plan is in standard support for long enough, whatever the plan does to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.gates.healthy_plan import operation
from unit.gates.test_versions import AT, AURORA, CLUSTER, INSTANCE, database

from runbook_lib import gates
from runbook_lib.gates.registry import GATES
from runbook_lib.lifecycle import lives_of
from runbook_lib.plan import COMPUTED, Plan
from runbook_lib.results import Finding, Status


def supported(type_: str, inputs: dict[str, Any], at: gates.GateContext = AT, **changes: Any) -> Finding:
    """What is said of one database's support."""
    op = operation(type_, "it", inputs, **changes)
    (found,) = GATES.rules()["databases_supported"].findings(Plan(operations=(op,)), at)
    return found


@pytest.mark.parametrize(
    ("version", "days", "status", "said"),
    [
        ("17.5", 365, Status.PASS, "standard support ends 2030-02-28, 365 days are asked for"),
        ("14.24", 96, Status.PASS, "standard support ends 2027-02-28"),
        ("14.24", 97, Status.FAIL, "ends 2027-02-28, in 96 days, 97 days are asked for"),
        ("13.23", 0, Status.FAIL, "standard support ended 2026-02-28, judged for 2026-11-24"),
        ("9.6", 0, Status.UNKNOWN, "in no table here"),
        (COMPUTED, 0, Status.UNKNOWN, "only the update will know"),
        ("", 0, Status.UNKNOWN, "names no version of postgres"),
    ],
)
@pytest.mark.parametrize("op", ["create", "replace", "update", "same"])
def test_a_database_is_supported_whatever_is_done_to_it(version: str, days: int, status: Status, said: str, op: str) -> None:
    """One that stays is in nobody's choice: 01 judges the version that it chose."""
    found = supported(INSTANCE, database(version), replace(AT, min_support_days=days), op=op)
    assert (found.status, said in found.message) == (status, True), found.message
    assert (status is Status.FAIL) is ("Use one of" in found.remedy)


def test_what_runs_counts_where_the_plan_names_no_version() -> None:
    op = operation(INSTANCE, "it", database(""), op="update")
    (found,) = GATES.rules()["databases_supported"].findings(Plan(operations=(op,)), replace(AT, running={op.urn: "13.23"}))
    assert (found.status, "13.23" in found.message) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("engine", "version", "status"),
    [
        ("mysql", "8.4.5", Status.PASS),
        ("mysql", "8.0.42", Status.FAIL),
        ("mariadb", "10.6.27", Status.PASS),
        ("mariadb", "10.5.29", Status.FAIL),
        ("aurora-postgresql", "16.4", Status.PASS),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", Status.PASS),
        ("aurora-mysql", "5.7.mysql_aurora.2.11.1", Status.FAIL),
        ("oracle-ee", "19.0.0.0.ru-2025-01.rur-2025-01.r1", Status.UNKNOWN),
    ],
)
def test_other_engines_have_dates_of_their_own(engine: str, version: str, status: Status) -> None:
    at = replace(AT, engines={engine: AURORA.model_copy(update={"engine": engine, "lives": lives_of(f"rds-{engine}")})})
    found = supported(CLUSTER, {"engine": engine, "engineVersion": version}, at)
    assert found.status is status, found.message


def test_a_replica_is_as_old_as_its_source() -> None:
    source = operation(INSTANCE, "source", database("14.24"))
    for named in ("db", "arn:aws:rds:us-east-1:111122223333:db:db", COMPUTED):
        replica = operation(INSTANCE, "it", {"identifier": "replica", "replicateSourceDb": named})
        found = GATES.rules()["databases_supported"].findings(Plan(operations=(source, replica)), AT)
        assert [each.status for each in found] == [Status.PASS, Status.PASS], found
    assert supported(INSTANCE, {"replicateSourceDb": "somebody-s"}).status is Status.UNKNOWN
    assert supported(INSTANCE, {"snapshotIdentifier": "yesterday"}).status is Status.UNKNOWN
