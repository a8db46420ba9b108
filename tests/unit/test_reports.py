"""`runbook report` makes its page of the records, whoever asks and whenever, or says why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.decision.planned import FOUND, result, step
from unit.runs import create, end, finish

from runbook_lib import settings
from runbook_lib.errors import UsageError
from runbook_lib.owners import Owner
from runbook_lib.reports import Format, format_named, report
from runbook_lib.results import Status

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.run import Run

QUEUE = "aws:sqs/queue:Queue"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    made = create()
    finish(made, "01_version_discovery", **FOUND)
    return made


def planned(run: Run, status: Status = Status.PASS) -> str:
    told = result(*(step("create", QUEUE, f"q{n}", new={}) for n in range(50)))
    finish(run, "02_plan", status, **told.data)
    return str(told.data["digest"])


@pytest.mark.parametrize("status", [Status.PASS, Status.FAIL])
def test_a_plan_has_its_page_whatever_came_of_it(run: Run, status: Status) -> None:
    digest = planned(run, status)
    page = report(run.facts.run, Format.MARKDOWN, 65_536)
    assert digest in page
    assert f"Verdict: {status.value}" in page
    assert "<!DOCTYPE html>" in report(run.facts.run, Format.HTML, 65_536)


def test_no_page_is_longer_than_it_may_be(run: Run) -> None:
    planned(run)
    assert len(report(run.facts.run, Format.MARKDOWN, 4_000).encode()) <= 4_000
    with pytest.raises(UsageError, match="shortest page of this plan has"):
        report(run.facts.run, Format.MARKDOWN, 100)


def test_without_a_plan_there_is_nothing_to_decide_on(run: Run) -> None:
    with pytest.raises(UsageError, match="02_plan has left no result"):
        report(run.facts.run, Format.MARKDOWN, 65_536)
    finish(run, "02_plan", Status.FAIL)
    with pytest.raises(UsageError, match="did not come to a plan"):
        report(run.facts.run, Format.MARKDOWN, 65_536)


def test_a_format_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="no format 'pdf'") as raised:
        format_named("pdf")
    assert raised.value.remedy == "Formats: markdown, html."


def test_a_pass_whose_notebook_did_not_end_well_is_none(run: Run) -> None:
    """03 refuses it: the page says what 03 would."""
    number, told = run.next_attempt("02_plan"), result(step("create", QUEUE, "q", new={}))
    run.ledger.append("notebook.started", step="02_plan", attempt=number, owner=Owner.me().model_dump())
    end(run, "02_plan", number, **told.data)
    run.ledger.append("notebook.ended", step="02_plan", attempt=number, status="UNKNOWN", state="timed_out")
    for page in (report(run.facts.run, Format.MARKDOWN, 65_536), report(run.facts.run, Format.HTML, 65_536)):
        assert "Verdict: UNKNOWN" in page
        assert "timed" in page
        assert "runbook run 03" not in page
    assert ": UNKNOWN</title>" in report(run.facts.run, Format.HTML, 65_536)


def test_a_plan_that_was_applied_is_not_to_be_applied(run: Run) -> None:
    planned(run)
    finish(run, "03_deploy", Status.PASS)
    page = report(run.facts.run, Format.MARKDOWN, 65_536)
    assert "deploy applied it" in page
    assert "runbook run 03" not in page
    planned(run)
    assert "runbook run 03" in report(run.facts.run, Format.MARKDOWN, 65_536)
