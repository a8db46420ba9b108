"""04_verify starts from 03's outputs, says what nobody looked at, and leaves a JUnit file that tells the same."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from unit.checks.healthy import HEALTHY
from unit.checks.healthy_outputs import RAW
from unit.steps.stand_in import FakeEngine, FakeRun, context

from runbook_lib import steps
from runbook_lib import verify as live
from runbook_lib.parameters import VerifyParameters
from runbook_lib.results import Finding, Status, verdict

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.steps.outcome import Report


def verify(folder: Path) -> Report:
    run = FakeRun(folder, {"03_deploy": {"outputs": RAW}})
    return inspect.unwrap(steps.verify)(context(run, FakeEngine()), VerifyParameters())


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
