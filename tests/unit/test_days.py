"""The day that judgements are for, by target; and that nothing else reads the clock to judge."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

import runbook_lib
from runbook_lib import days
from runbook_lib.aws import Aws, Target

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


CLOCKS = re.compile(r"\b(?:now|utcnow|today|time\.time)\(|\.taken\b")
JUDGES = ("versions", "costs", "checks", "gates", "steps", "lifecycle.py", "judgement.py", "plan.py", "verify.py", "days.py")


def test_no_judgement_reads_the_clock() -> None:
    """It would give another answer tomorrow, on the same facts. The frame around the steps alone brings one."""
    home = Path(runbook_lib.__file__).parent
    files = [file for name in JUDGES for file in ([home / name] if name.endswith(".py") else (home / name).rglob("*.py"))]
    assert len(files) > 100
    read = {str(file.relative_to(home)) for file in files if CLOCKS.search(file.read_text())}
    assert read == {"steps/step.py"}
