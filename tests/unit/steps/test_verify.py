"""04_verify starts from 03's outputs, says what nobody looked at, and leaves a JUnit file that tells the same."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from unit.checks.healthy import HEALTHY
from unit.checks.healthy_outputs import RAW
from unit.steps.stand_in import FakeEngine, FakeRun, context

from runbook_lib import steps
from runbook_lib import verify as live
from runbook_lib.parameters import VerifyParameters
from runbook_lib.results import Finding, Status, verdict
from runbook_lib.snapshot import Snapshot, Untried
from runbook_lib.snapshot.drift import Drift

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.steps.outcome import Report


def verify(folder: Path, **known: Any) -> Report:
    run = FakeRun(folder, {"03_deploy": {"outputs": RAW}})
    return inspect.unwrap(steps.verify)(context(run, FakeEngine()), VerifyParameters(**known))


def test_a_healthy_system_passes_and_the_junit_file_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.snapshot, "take", lambda *_args, **_more: HEALTHY)
    report = verify(tmp_path)
    assert verdict(report.findings) is Status.PASS
    suite = ET.parse(tmp_path / report.data["junit"]).getroot()  # noqa: S314 - our own text
    assert (suite.get("tests"), suite.get("failures")) == (str(len(report.findings)), "0")


def test_a_requirement_that_no_check_looks_at_fails_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.snapshot, "take", lambda *_args, **_more: HEALTHY)
    everything = live.CHECKS.run(HEALTHY)
    without = tuple(finding for finding in everything if "X1" not in finding.requirement)
    assert without != everything
    monkeypatch.setattr(live.CHECKS, "run", lambda _snapshot: without)
    report = verify(tmp_path)
    assert verdict(without) is Status.PASS
    assert verdict(report.findings) is Status.FAIL
    assert [f.message for f in report.findings if f.status is Status.FAIL] == ["No check looks at requirement X1."]
    assert report.data["coverage"]["X1"] == {"requirement_covered": "FAIL"}


def test_one_failure_among_many_fails_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.snapshot, "take", lambda *_args, **_more: HEALTHY)
    bad = Finding(check="a_check", requirement=("N1",), status=Status.FAIL, resource="r", message="r is not.")
    everything = live.CHECKS.run(HEALTHY)
    monkeypatch.setattr(live.CHECKS, "run", lambda _snapshot: (*everything, bad))
    assert verdict(verify(tmp_path).findings) is Status.FAIL


def test_drift_is_what_the_engine_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step hands the question over; what answers it is the run's own engine."""
    step = import_module("runbook_lib.steps.verify")
    asked = []
    monkeypatch.setattr(step.live, "verify", lambda *_args, drift, **_more: asked.append(drift) or live.Verification((), {}))
    verify(tmp_path)
    with pytest.raises(AttributeError, match="drift"):  # the engine that answers nothing has been asked
        asked[0]()


def test_drills_are_held_only_if_asked_for_and_the_day_is_the_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides how the system is read, and for which day it is judged, is the step's parameter and the target's day."""
    read: list[dict[str, Any]] = []

    def take(*_: Any, **how: Any) -> Snapshot:
        read.append(how)
        return replace(HEALTHY, judged=how["day"])

    monkeypatch.setattr(live.snapshot, "take", take)
    for number, known in enumerate(({}, {"drills": False}, {"drills": True})):
        (folder := tmp_path / str(number)).mkdir()
        report = verify(folder, **known)
        (supported,) = [found for found in report.findings if found.check == "rds_version_still_offered"]
        assert "2026-10-20" in supported.message
    assert [how["drills"] for how in read] == [False, False, True]
    assert {how["day"] for how in read} == {date(2026, 10, 20)}


def test_what_was_not_tried_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(name: str, snapshot: Snapshot) -> Any:
        monkeypatch.setattr(live.snapshot, "take", lambda *_args, **_more: snapshot)
        (folder := tmp_path / name).mkdir()
        return verify(folder).data

    whole = kept("whole", HEALTHY)
    partly = kept("partly", replace(HEALTHY, parts={**HEALTHY.parts, Drift: Untried("it was not asked for")}))
    assert (whole["not_tried"], partly["not_tried"]) == ([], ["stack_has_no_drift"])
    assert partly["checks_run"] == whole["checks_run"] - 1


def test_each_attempts_junit_file_bears_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.snapshot, "take", lambda *_args, **_more: HEALTHY)
    run = FakeRun(tmp_path, {})
    for number, name in enumerate(("04_verify.junit.xml", "04_verify.2.junit.xml", "04_verify.3.junit.xml"), start=1):
        assert run.begin("04_verify") == number
        assert verify(tmp_path).data["junit"] == name
        assert (tmp_path / name).exists()
        run.ledger.append("step.finished", step="04_verify", attempt=number, status="PASS", records={})
    assert len(list(tmp_path.glob("*.junit.xml"))) == 3
