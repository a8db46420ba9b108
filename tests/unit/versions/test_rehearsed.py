"""What a rehearsal discovers: verdicts for the day of its record, and beside them what today's date gives."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from unit.versions.judging import findings, judged, live

from runbook_lib.days import Day

if TYPE_CHECKING:
    from runbook_lib.versions import Discovery

RECORDED = date(2026, 10, 20)
SINCE = "extended support since 2027-03-01. Extended Support since 2027-03-01"


def recorded(today: date) -> Discovery:
    """What a rehearsal discovers on a day."""
    return judged(day=Day(judged=RECORDED, today=today, source="emulator catalogue: cfn-lint", as_of=RECORDED))


@pytest.mark.parametrize(
    ("today", "warnings"),
    [
        ("2026-11-26", ["PostgreSQL 14.24: standard support ends 2027-02-28, in 94 days. Extended Support from 2027-03-01"]),
        ("2027-02-28", ["PostgreSQL 14.24: standard support ends 2027-02-28, in 0 days. Extended Support from 2027-03-01"]),
        ("2027-04-05", [f"PostgreSQL 14.24: standard support ended 2027-02-28, 36 days ago; {SINCE} costs $292.00"]),
        ("2028-02-29", ["PostgreSQL 14.24: standard support ended 2027-02-28, 366 days ago"]),
        ("2029-06-30", [(f"PostgreSQL 14.24: standard support ended 2027-02-28, 853 days ago; {SINCE}, "
                        "since 2029-03-01 at the rate of its third year, costs $584.00"),
                        "python3.13: deprecated since 2029-06-30, 0 days"]),
        ("2031-11-25", ["PostgreSQL 14.24: standard support ended 2027-02-28, 1731 days ago; all support ended 2030-02-28.",
                        "python3.13: deprecated since 2029-06-30, creation blocked since 2029-07-31."]),
    ],
)  # fmt: skip
def test_a_rehearsal_judges_its_recorded_day_on_every_day(today: str, warnings: list[str]) -> None:
    """And says beside it what is true on that day."""
    discovery = recorded(date.fromisoformat(today))
    assert discovery.findings() == recorded(RECORDED).findings()
    assert {status for status, _ in findings(discovery).values()} == {"PASS"}
    for check in ("engine_version_supported", "lambda_runtime_supported"):
        assert "judged for 2026-10-20" in findings(discovery)[check][1]
    told = discovery.warnings()
    assert len(told) == len(warnings)
    for said, wanted in zip(told, warnings, strict=True):
        whole = f"On today's date, {today}, which no verdict here is for: {wanted}"
        assert said == whole if wanted.endswith(".") else said.startswith(whole)


def test_what_today_gives_is_shown_beside_the_verdict() -> None:
    shown = recorded(date(2027, 4, 5)).frames()["On today's date"]
    assert list(shown["Verdict"]) == ["PASS for 2026-10-20"] * 2
    assert list(shown["Today, no verdict"]) == ["FAIL on 2027-04-05", "PASS on 2027-04-05"]
    assert list(recorded(RECORDED).frames()) == ["Versions"]


def test_against_aws_today_is_today() -> None:
    discovery = judged(day=live(date(2027, 4, 5)))
    assert findings(discovery)["engine_version_supported"][0] == "FAIL"
    assert discovery.warnings() == ()
    assert list(discovery.frames()) == ["Versions"]


def test_judging_for_another_day_is_judging_anew() -> None:
    assert recorded(date(2027, 4, 5)).on(date(2031, 1, 1)).model_copy(update={"today": date(2031, 1, 1)}) == judged(
        day=live(date(2031, 1, 1))
    ).model_copy(update={"source": "RDS API, us-east-1"})
