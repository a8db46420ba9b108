"""What a notebook shows of a step, and gates on, is of what ran last, with the parameters as they are; the worst comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.runs import finding
from unit.steps.stand_in import NOW

from runbook_lib.errors import GateError, UsageError
from runbook_lib.results import Finding, Status, StepResult
from runbook_lib.steps import cells
from runbook_lib.steps.outcome import Outcome, Report, called, findings_frame

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "02_plan"
CELL = "environment = 'staging'\nrun = ''\ndeletion_limit = 0"
GIVEN = {"environment": "staging", "run": "", "deletion_limit": 0}


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names in a kernel in which the parameters cell has run."""
    space: dict[str, Any] = {"In": ["", CELL], **GIVEN}
    monkeypatch.setattr(cells, "_namespace", lambda: space)
    return space


def outcome(folder: Path, status: Status = Status.PASS) -> Outcome:
    """What a call of 02 gave, now."""
    found = (finding(status),)
    result = StepResult(step=PLAN, started=NOW, finished=NOW, parameters={}, findings=found, data={})
    return Outcome(result, folder / "02_plan.json", Report(findings=found, data={}), called(PLAN, GIVEN))


@pytest.mark.usefixtures("kernel")
def test_what_ran_last_with_these_parameters_is_shown_and_gated_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passed = outcome(tmp_path)
    passed.show()
    assert "Markdown" in capsys.readouterr().out
    passed.gate()
    with pytest.raises(GateError, match="r is so"):
        outcome(tmp_path, Status.UNKNOWN).gate()


@pytest.mark.parametrize("use", [Outcome.show, Outcome.gate])
def test_one_of_other_parameters_is_refused(tmp_path: Path, kernel: dict[str, Any], use: Any) -> None:
    """The cell was run again with another value, and the call was not."""
    passed = outcome(tmp_path)
    kernel["deletion_limit"] = 3
    with pytest.raises(UsageError, match=r"is of other parameters: deletion_limit is 3 now") as error:
        use(passed)
    assert "call cell again" in error.value.remedy


@pytest.mark.usefixtures("kernel")
@pytest.mark.parametrize("use", [Outcome.show, Outcome.gate])
def test_one_of_an_earlier_call_is_refused(tmp_path: Path, use: Any) -> None:
    passed = outcome(tmp_path)
    called(PLAN, GIVEN)
    with pytest.raises(UsageError, match="is of an earlier execution of 02_plan"):
        use(passed)


def test_findings_are_shown_the_worst_first() -> None:
    def found(check: str, status: Status, *rows: str) -> Finding:
        return Finding(check=check, requirement=rows, status=status, resource="r", message="It is.", remedy="Mend it.")

    listed = (
        found("good_one", Status.PASS, "A1"),
        found("no_answer", Status.UNKNOWN, "A1"),
        found("bad_two", Status.FAIL, "N2"),
        found("bad_one", Status.FAIL, "N1", "N2"),
    )
    frame = findings_frame(listed)
    assert list(frame["Check"]) == ["bad_one", "bad_two", "no_answer", "good_one"]
    assert list(frame.iloc[0]) == ["FAIL", "N1 N2", "bad_one", "It is.", "Mend it."]
