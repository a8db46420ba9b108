"""A step's result that cannot be recorded as it is says so, and fails."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from unit.runs import create, enter

from runbook_lib import settings, way_in
from runbook_lib.errors import EngineError, RecordError
from runbook_lib.results import Finding, Status, StepResult
from runbook_lib.run import Run
from runbook_lib.settling import ATTEMPT_VARIABLE, token
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, step

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "02_plan"


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    monkeypatch.setattr(way_in, "enter", enter)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run; its step is called as in the runner's kernel, which has come in by the command line's way."""
    made = create()
    monkeypatch.setenv(ATTEMPT_VARIABLE, token(made.facts.run, PLAN, 1))
    return made


class TestUnserialisable:
    def look(self, run: Run, data: dict[str, Any]) -> StepResult:
        good = Finding(check="a_check", requirement=(), status=Status.PASS, resource="r", message="r is so.")
        call = step(PLAN)(lambda *_: Report(findings=(good,), data=data))
        return call(environment="staging", run=run.facts.run).result  # type: ignore[no-any-return]  # the decorator forgets it

    @pytest.mark.parametrize(
        ("odd", "said"),
        [(object(), "limit is of type object"), (math.nan, "limit is the number nan"), ("\ud83d", "limit is text with a lone")],
        ids=["object", "nan", "surrogate"],
    )
    def test_result_is_fail_that_says_so_and_keeps_the_rest(self, run: Run, odd: object, said: str) -> None:
        result = self.look(run, {"limit": odd, "digest": "d", "kept": [1, 2]})
        assert result.status is Status.FAIL
        assert [finding.check for finding in result.findings] == ["a_check", "result_is_json"]
        assert said in result.findings[1].message
        assert run.result(PLAN) == result
        raw = json.loads(run.record(PLAN, 1, ".json").read_text(), parse_constant=pytest.fail)
        assert (raw["data"]["kept"], raw["data"]["limit"] is None) == ([1, 2], False)
        *_, last = run.ledger.events()
        assert (last["event"], last["status"], last["plan_digest"]) == ("step.finished", "FAIL", "d")

    def test_an_error_with_evidence_and_text_that_cannot_be_written(self, run: Run) -> None:
        def look(*_: Any) -> Report:
            raise EngineError("half \ud83d", remedy="\ud83d", evidence={"done": {1}, "kept": 1})

        with pytest.raises(EngineError):
            step(PLAN)(look)(environment="staging", run=run.facts.run)
        result = run.result(PLAN)
        assert result is not None
        assert [finding.check for finding in result.findings] == ["step_ended", "result_is_json"]
        assert result.data["kept"] == 1
        *_, last = run.ledger.events()
        assert (last["event"], last["error"]) == ("step.failed", "EngineError: half \\ud83d")

    def test_surroundings_that_cannot_be_had_are_on_record(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_: Run) -> Context:
            raise EngineError("no credentials")

        monkeypatch.setattr(Context, "of", refuse)
        with pytest.raises(EngineError):
            self.look(run, {})
        assert [event["event"] for event in run.ledger.events()][-2:] == ["step.started", "step.failed"]
        assert run.result(PLAN) is not None

    def test_a_result_that_cannot_be_written_is_on_record_as_that(self, run: Run) -> None:
        def look(*_: Any) -> Report:
            run.record(PLAN, 1, ".json").mkdir()
            return Report(findings=(), data={})

        with pytest.raises(RecordError, match="never overwritten"):
            step(PLAN)(look)(environment="staging", run=run.facts.run)
        *_, last = run.ledger.events()
        assert (last["event"], last["records"]) == ("step.failed", {})
