"""The verdicts: pure, over a catalogue written out here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from unit.versions.judging import TODAY, findings, judged, live

from runbook_lib.lifecycle import Support
from runbook_lib.versions import Discovery, Verdict
from runbook_lib.versions.catalogue import Orderable
from runbook_lib.versions.tools import ToolVersion


@pytest.mark.parametrize(
    ("version", "verdict", "note"),
    [
        ("18.3", Verdict.CREATABLE, "standard support ends 2031-02-28, in 1557 days"),
        ("14.24", Verdict.CREATABLE, "standard support ends 2027-02-28, in 96 days"),
        ("14.9", Verdict.WITHDRAWN, "standard support ends 2027-02-28, in 96 days"),
        ("13.23", Verdict.CREATABLE, "standard support ended 2026-02-28, 269 days ago; extended support since 2026-03-01"),
        ("12.22", Verdict.UNKNOWN, "support dates not known"),
    ],
)
def test_every_version_gets_its_verdict(version: str, verdict: Verdict, note: str) -> None:
    found = next(engine for engine in judged().engines if engine.version == version)
    assert (found.verdict, found.note) == (verdict, note)


def test_the_asked_for_version_near_its_end_passes_with_a_warning_and_its_price() -> None:
    """2 vCPU x 0.10 x 730 = 146, and the standby is charged too."""
    discovery = judged()
    assert discovery.engine_version == "14.24"
    assert {status for status, _ in findings(discovery).values()} == {"PASS"}
    (warning,) = discovery.warnings()
    assert warning == (
        "PostgreSQL 14.24: standard support ends 2027-02-28, in 96 days. Extended Support from 2027-03-01 costs "
        "$292.00 a month more for a Multi-AZ db.t3.medium ($146.00 Single-AZ)."
    )
    assert discovery.warnings(within_days=95) == ()


@pytest.mark.parametrize(("day", "status"), [(date(2027, 2, 28), "PASS"), (date(2027, 3, 1), "FAIL"), (date(2030, 3, 1), "FAIL")])
def test_support_fails_the_day_after_it_ended(day: date, status: str) -> None:
    assert findings(judged(day=live(day)))["engine_version_supported"][0] == status


def test_a_major_in_extended_support_can_be_created_and_still_fails() -> None:
    found = findings(judged(major=13))
    assert found["engine_version_creatable"][0] == "PASS"
    status, message = found["engine_version_supported"]
    assert status == "FAIL"
    assert "extended support since 2026-03-01" in message
    assert "$292.00" in message


def test_third_year_rates_double_the_price() -> None:
    price = judged(major=13, day=live(date(2028, 3, 1))).extended_support
    assert price is not None
    assert (price.single_az, price.multi_az) == (Decimal(292), Decimal(584))
    message = findings(judged(major=13, day=live(date(2028, 3, 1))))["engine_version_supported"][1]
    said = "Extended Support since 2026-03-01, since 2028-03-01 at the rate of its third year, costs $584.00 a month more"
    assert said in message
    before = findings(judged(major=13, day=live(date(2028, 2, 29))))["engine_version_supported"][1]
    assert "Extended Support since 2026-03-01 costs $292.00 a month more" in before


def test_the_table_names_the_day_that_it_counts_from() -> None:
    assert f"Support on {TODAY}" in judged().frame().columns


@pytest.mark.parametrize("options", [{"region": "eu-west-1"}, {"instance_class": "db.x9z.large"}])
def test_a_price_that_is_not_known_is_not_named(options: dict[str, str]) -> None:
    assert judged(**options).extended_support is None


def test_a_price_of_extended_support_that_nobody_has_is_named_as_missing() -> None:
    said = findings(judged(instance_class="db.x9.large"))["engine_version_supported"][1]
    assert "What Extended Support costs from 2027-03-01 on is in no price list for db.x9.large in us-east-1" in said
    warned = " ".join(judged(instance_class="db.x9.large").warnings())
    assert "runbook prices refresh --region us-east-1" in warned


def test_a_withdrawn_major_fails_and_names_what_can_be_had() -> None:
    discovery = judged(offers={"18.3": "available", "14.9": "deprecated"}, orderable=())
    (finding,) = [f for f in discovery.findings() if f.check == "engine_version_creatable"]
    assert (finding.status.value, discovery.engine_version) == ("FAIL", "")
    assert "withdrawn: 14.9" in finding.message
    assert finding.remedy == "Ask for a major that can be created: 18."
    assert findings(discovery)["instance_class_orderable"][0] == "UNKNOWN"


def test_a_status_that_is_not_told_is_unknown() -> None:
    discovery = judged(offers={"14.24": ""}, orderable=())
    assert findings(discovery)["engine_version_creatable"][0] == "UNKNOWN"


def test_support_dates_that_are_not_known_are_unknown() -> None:
    assert findings(judged(major=99))["engine_version_supported"][0] == "UNKNOWN"


def test_dates_told_by_aws_go_before_the_bundled_ones() -> None:
    told = Support(major=14, standard_end=date(2026, 1, 31), extended_end=None, source="RDS API", as_of=TODAY)
    assert findings(judged(lifecycle={14: told}))["engine_version_supported"][0] == "FAIL"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((Orderable(version="14.24", offered=False),), "is not offered with any of PostgreSQL 14.24"),
        ((Orderable(version="14.24", offered=True, encrypted=True),), "but not as an encrypted Multi-AZ pair"),
        ((Orderable(version="14.24", offered=True, multi_az=True),), "but not as an encrypted Multi-AZ pair"),
    ],
)
def test_a_class_that_does_not_fit_fails(options: tuple[Orderable, ...], message: str) -> None:
    discovery = judged(orderable=options)
    status, told = findings(discovery)["instance_class_orderable"]
    assert (status, discovery.engine_version) == ("FAIL", "")
    assert message in told


def test_an_older_minor_is_chosen_where_only_it_can_be_ordered() -> None:
    options = (
        Orderable(version="14.24", offered=False),
        Orderable(version="14.23", offered=True, multi_az=True, encrypted=True),
    )
    assert judged(orderable=options).engine_version == "14.23"


@pytest.mark.parametrize(
    ("runtime", "status", "note"),
    [
        ("python3.13", "PASS", "supported until 2029-06-30, 949 days"),
        ("python3.11", "PASS", "supported until 2027-06-30, 218 days"),
        ("python3.10", "FAIL", "deprecated since 2026-10-31, 24 days, creation blocked from 2027-02-01"),
        ("python3.7", "FAIL", "creation blocked since 2024-01-09"),
        ("python3.99", "UNKNOWN", "not in the table of runtimes"),
    ],
)
def test_lambda_runtimes(runtime: str, status: str, note: str) -> None:
    found, message = findings(judged(lambda_runtime=runtime))["lambda_runtime_supported"]
    assert found == status
    assert note in message


def test_an_untested_tool_fails() -> None:
    old = (ToolVersion(name="pulumi", version="3.100.0", tested=">=3.272,<4"),)
    assert findings(judged(tools=old))["tool_versions_tested"][0] == "FAIL"


def test_the_table_shows_the_major_asked_for_and_the_newest_of_the_others() -> None:
    offers = {"18.3": "available", "18.2": "available", "14.24": "available", "14.9": "deprecated", "14.8": "deprecated"}
    frame = judged(offers=offers).frame()
    shown = list(zip(frame["Version"], frame["Verdict"], strict=True))
    assert shown == [
        ("18.3", "creatable"),
        ("14.24 (chosen)", "creatable"),
        ("14.8 to 14.9 (2 versions)", "withdrawn"),
        ("python3.13", "supported"),
        ("3.272.0", "tested"),
    ]


def test_a_discovery_survives_its_record() -> None:
    discovery = judged()
    assert Discovery.model_validate_json(discovery.model_dump_json()) == discovery
