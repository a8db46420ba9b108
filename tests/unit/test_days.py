"""The day that judgements are for, by target; and that nothing else reads the clock to judge."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from unit.checks.healthy import HEALTHY

import runbook_lib
from runbook_lib import days
from runbook_lib.aws import Aws, Target
from runbook_lib.checks.lambda_runtime_supported import lambda_runtime_supported
from runbook_lib.checks.rds_version_still_offered import rds_version_still_offered
from runbook_lib.steps.step import Context

NOW = datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
TODAY = date(2027, 12, 31)
EMULATED = Target(region="us-east-1", endpoint="http://127.0.0.1:4566")


class FakeAws(Aws):
    """HTTP answers what it is told."""

    answer: httpx.Response | httpx.HTTPError

    def http(self, *, timeout: float = 30.0, verify: bool = True) -> httpx.Client:
        del verify

        def answer(_: httpx.Request) -> httpx.Response:
            if isinstance(self.answer, httpx.HTTPError):
                raise self.answer
            return self.answer

        return httpx.Client(timeout=timeout, transport=httpx.MockTransport(answer))


def emulated(answer: httpx.Response | httpx.HTTPError) -> days.Day:
    aws = FakeAws(EMULATED)
    aws.answer = answer
    return days.of(aws, NOW)


def test_against_aws_today_is_today() -> None:
    found = days.of(FakeAws(Target(region="eu-west-1")), NOW)
    assert (found.judged, found.today, found.as_of, found.source) == (TODAY, TODAY, TODAY, "RDS API, eu-west-1")


def test_a_rehearsal_is_judged_for_the_day_of_its_record() -> None:
    found = emulated(httpx.Response(200, json={"source": "cfn-lint 1.58.0", "as_of": "2026-10-20"}))
    assert (found.judged, found.today, found.as_of) == (date(2026, 10, 20), TODAY, date(2026, 10, 20))
    assert "cfn-lint 1.58.0" in found.source


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"source": "cfn-lint 9", "as_of": None}),
        httpx.Response(404),
        httpx.Response(200, text="<html>"),
        httpx.ConnectError("nobody"),
    ],
)
def test_a_record_of_an_unknown_day_is_judged_for_today(answer: httpx.Response | httpx.HTTPError) -> None:
    found = emulated(answer)
    assert (found.judged, found.as_of) == (TODAY, None)


@pytest.mark.parametrize(("day", "status"), [("2026-10-20", "PASS"), ("2029-06-29", "PASS"), ("2029-06-30", "FAIL")])
def test_the_live_system_is_judged_for_that_day(day: str, status: str) -> None:
    """Whatever day it was read on."""
    seen = replace(HEALTHY, judged=date.fromisoformat(day), taken=NOW)
    found = list(lambda_runtime_supported(seen))
    assert {judgement.status.value for judgement in found} == {status}
    assert all(day in judgement.message for judgement in [*found, *rds_version_still_offered(seen)])
    assert replace(seen, judged=None).day == TODAY


def test_the_frame_brings_the_clock(tmp_path: Path) -> None:
    """A step asks once, so that a run over midnight says one day in all that it says."""
    asked: list[datetime] = []

    def clock() -> datetime:
        asked.append(NOW)
        return NOW

    run: Any = tmp_path
    context = Context(run, FakeAws(Target(region="us-east-1")), run, clock=clock)
    assert (context.day.judged, context.day.today) == (TODAY, TODAY)
    assert asked == [NOW]


CLOCKS = re.compile(r"\b(?:now|utcnow|today|time\.time)\(|\.taken\b")
JUDGES = ("versions", "costs", "checks", "gates", "steps", "lifecycle.py", "judgement.py", "plan.py", "verify.py", "days.py")


def test_no_judgement_reads_the_clock() -> None:
    """It would give another answer tomorrow, on the same facts. The frame around the steps alone brings one."""
    home = Path(runbook_lib.__file__).parent
    files = [file for name in JUDGES for file in ([home / name] if name.endswith(".py") else (home / name).rglob("*.py"))]
    assert len(files) > 100
    read = {str(file.relative_to(home)) for file in files if CLOCKS.search(file.read_text())}
    assert read == {"steps/step.py"}
