"""Every version in a plan is judged: what is made must be offered, what is moved reached, other services supported."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from unit.gates.healthy_plan import CONTEXT, operation

from runbook_lib import gates
from runbook_lib.lifecycle import ServiceLife, postgresql
from runbook_lib.plan import COMPUTED, Plan
from runbook_lib.results import Finding, Status
from runbook_lib.versions import paths
from runbook_lib.versions.catalogue import Offer
from runbook_lib.versions.paths import Offers

INSTANCE, CLUSTER, FUNCTION = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:lambda/function:Function"
NAMES = ("engine_version_offered", "runtimes_supported", "services_supported")
PATHS = {
    "12.22": ("deprecated", ("13.23", "14.24")),
    "13.23": ("available", ("14.24", "17.5")),
    "14.20": ("available", ("14.24", "17.5")),
    "14.24": ("available", ("17.5", "18.6")),
    "16.1": ("available", ()),
    "16.3": ("available", ()),
    "17.5": ("available", ("18.6",)),
    "18.6": ("available", ()),
    "15.1": ("", ()),
}
POSTGRES = Offers(
    engine="postgres",
    offers=tuple(Offer(version=version, status=status, upgrade_targets=targets) for version, (status, targets) in PATHS.items()),
    source="RDS API, us-east-1",
    as_of=date(2026, 11, 24),
    lives={str(major): ServiceLife(service="postgres", cycle=str(major), **each.model_dump(exclude={"major"}))
           for major, each in postgresql().items()},
)  # fmt: skip
AURORA = POSTGRES.model_copy(
    update={"engine": "aurora-mysql", "offers": (Offer(version="8.0.mysql_aurora.3.04.0", status="available"),)}
)
AT = replace(CONTEXT, engines={"postgres": POSTGRES, "aurora-mysql": AURORA}, day=date(2026, 11, 24))


def judged(type_: str, inputs: dict[str, Any], at: gates.GateContext = AT, **changes: Any) -> Finding:
    """The one finding about one resource."""
    op = operation(type_, "it", inputs, **changes)
    found = [each for each in gates.judge(Plan(operations=(op,)), at) if each.check in NAMES and each.resource == "it"]
    (finding,) = found
    return finding


def database(version: str, **more: Any) -> dict[str, Any]:
    return {"engine": "postgres", "engineVersion": version, "identifier": "db", **more}


def moved(old: str, new: str, *, running: str = "", **more: Any) -> Finding:
    op = operation(INSTANCE, "it", {}, op="update")
    at = replace(AT, running={op.urn: running} if running else {})
    return judged(INSTANCE, database(new, **more), at, op="update", old_inputs=database(old), changed=("engineVersion",))


@pytest.mark.parametrize(
    ("version", "status", "said"),
    [
        ("14.24", Status.PASS, "which RDS offers"),
        ("12.22", Status.FAIL, "which RDS has withdrawn; can be created: 18.6, 17.5, 16.3, 16.1, 14.24, 14.20, 13.23"),
        ("14.9", Status.FAIL, "which RDS does not list"),
        ("14", Status.FAIL, "which leaves the minor version to the day of the deployment"),
        ("", Status.FAIL, "no version of postgres"),
        ("15.1", Status.UNKNOWN, "does not say whether"),
        (COMPUTED, Status.UNKNOWN, "only the update will know"),
    ],
)
@pytest.mark.parametrize("op", ["create", "replace"])
def test_what_is_made_must_be_offered(version: str, status: Status, said: str, op: str) -> None:
    found = judged(INSTANCE, database(version), op=op)
    assert (found.status, said in found.message) == (status, True), found.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("17.5", "14.24", "goes back from postgres 17.5 to 14.24: RDS never does; from 17.5 RDS upgrades to 18.6"),
        ("14.24", "14.20", "goes back"),
        ("12.22", "18.6", "no upgrade path; from 12.22 RDS upgrades to 13.23, 14.24"),
        ("14.24", "16.3", "no upgrade path; from 14.24 RDS upgrades to 17.5, 18.6"),
        ("13.23", "12.22", "goes back"),
    ],
)
def test_what_rds_has_no_way_to_fails_with_the_ways_that_it_has(old: str, new: str, said: str) -> None:
    found = moved(old, new, allowMajorVersionUpgrade=True)
    assert (found.status, said in found.message, bool(found.remedy)) == (Status.FAIL, True, True), found.message


def test_a_way_that_rds_names_passes_where_the_program_allows_it() -> None:
    assert moved("14.20", "14.24").status is Status.PASS
    assert moved("14.24", "17.5", allowMajorVersionUpgrade=True).status is Status.PASS
    refused = moved("14.24", "17.5")
    assert (refused.status, "allowMajorVersionUpgrade" in refused.remedy) == (Status.FAIL, True)


def test_a_way_that_nobody_names_is_no_pass() -> None:
    """But within a major version RDS goes to every newer one that can be created."""
    assert moved("16.1", "17.5", allowMajorVersionUpgrade=True).status is Status.UNKNOWN
    assert moved("16.1", "16.3").status is Status.PASS
    assert moved("16.3", "16.9").status is Status.FAIL


@pytest.mark.parametrize(
    ("engine", "old", "new", "major"),
    [
        ("mysql", "8.0.40", "8.0.41", False),
        ("mysql", "8.0.40", "8.4.5", True),
        ("mariadb", "10.6.20", "10.11.10", True),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.05.0", False),
        ("aurora-mysql", "5.7.mysql_aurora.2.12.0", "8.0.mysql_aurora.3.04.0", True),
        ("aurora-postgresql", "15.4", "16.1", True),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_what_is_a_major_version_is_the_engine_s_own(engine: str, old: str, new: str, *, major: bool, named: bool) -> None:
    """AWS says so where it names the ways; where it does not, a major step is no pass at all."""
    ways = {"upgrade_targets": (new,), "major_targets": (new,) if major else ()} if named else {}
    offers = Offers(
        engine=engine,
        offers=(Offer(version=old, status="available", **ways), Offer(version=new, status="available")),
        source="s",
        as_of=None,
    )
    found = paths.moved(old, new, offers, major_allowed=False).status
    assert found is (Status.PASS if not major else Status.FAIL if named else Status.UNKNOWN)
    allowed = paths.moved(old, new, offers, major_allowed=True).status
    assert allowed is (Status.PASS if named or not major else Status.UNKNOWN)


def test_it_starts_from_what_runs() -> None:
    """RDS upgrades minors by itself, and the state need not know."""
    found = moved("14.19", "14.20", running="14.24")
    assert (found.status, "from postgres 14.24 to 14.20" in found.message) == (Status.FAIL, True)
    assert "stays at postgres 14.24" in moved("14.19", "14.24", running="14.24").message


def test_what_stays_passes_though_it_could_not_be_made_any_more() -> None:
    old = database("12.22")
    assert judged(INSTANCE, old, op="same", old_inputs=old).status is Status.PASS


@pytest.mark.parametrize(
    ("engine", "running", "asked"), [("postgres", "17.5", "17"), ("mysql", "8.0.40", "8.0"), ("postgres", "14.24", "14")]
)
def test_a_prefix_is_kept_by_what_it_stands_for(engine: str, running: str, asked: str) -> None:
    """The provider's docs recommend it together with minor upgrades by AWS: nothing goes back from 17.5 to 17."""
    offers = POSTGRES.model_copy(update={"engine": engine})
    found = paths.moved(running, asked, offers, major_allowed=False)
    assert (found.status, f"stays at {engine} {running}" in found.message) == (Status.PASS, True)
    assert paths.moved("17.5", "1", POSTGRES, major_allowed=True).status is Status.FAIL


def test_what_is_not_made_is_not_asked_for() -> None:
    assert judged(INSTANCE, database("12.22"), op="import").status is Status.PASS
    other = judged(INSTANCE, database("17.5"), op="update", old_inputs={"engine": "mysql", "engineVersion": "8.0.40"})
    assert (other.status, "goes from mysql to postgres" in other.message) == (Status.FAIL, True)
    nothing = replace(AT, engines={"postgres": POSTGRES.model_copy(update={"offers": ()})})
    assert judged(INSTANCE, database("17.5"), nothing).status is Status.UNKNOWN


def test_clusters_and_other_engines_are_judged_too() -> None:
    aurora = {"engine": "aurora-mysql", "clusterIdentifier": "c"}
    assert judged(CLUSTER, aurora | {"engineVersion": "8.0.mysql_aurora.3.04.0"}).status is Status.PASS
    assert judged(CLUSTER, aurora | {"engineVersion": "8.0.mysql_aurora.3.02.1"}).status is Status.FAIL
    nobody = judged(CLUSTER, {"engine": "aurora-postgresql", "engineVersion": "16.4"})
    assert (nobody.status, "nobody was asked" in nobody.message) == (Status.UNKNOWN, True)
    assert judged(INSTANCE, {"replicateSourceDb": "db"}).status is Status.PASS


def test_a_runtime_has_to_last_as_long_as_is_asked() -> None:
    days = (date(2029, 6, 30) - AT.day).days
    assert judged(FUNCTION, {"runtime": "python3.13"}, replace(AT, min_support_days=days)).status is Status.PASS
    found = judged(FUNCTION, {"runtime": "python3.13"}, replace(AT, min_support_days=days + 1))
    assert (found.status, f"{days + 1} days are asked for" in found.message) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("runtime", "status", "said"),
    [
        ("python3.13", Status.PASS, "supported until 2029-06-30"),
        ("python3.8", Status.FAIL, "deprecated since 2024-10-14; cannot be created from 2027-02-01"),
        ("nodejs12.x", Status.FAIL, "deprecated since"),
        ("python3.10", Status.FAIL, "deprecated since 2026-10-31"),
        ("cobol85", Status.UNKNOWN, "in no table here"),
        (COMPUTED, Status.UNKNOWN, "known only after the update"),
    ],
)
def test_runtimes(runtime: str, status: Status, said: str) -> None:
    found = judged(FUNCTION, {"runtime": runtime})
    assert (found.status, said in found.message) == (status, True), found.message
    assert (status is Status.FAIL) is ("Use " in found.remedy)


def test_a_remedy_names_runtimes_of_the_same_language_that_are_supported() -> None:
    remedy = judged(FUNCTION, {"runtime": "python3.8"}).remedy
    assert "python3.14" in remedy
    assert "python3.13" in remedy
    assert "python3.9" not in remedy
    assert "nodejs" not in remedy


def test_a_runtime_is_judged_for_the_day() -> None:
    assert judged(FUNCTION, {"runtime": "python3.10"}, replace(AT, day=date(2026, 10, 20))).status is Status.PASS
