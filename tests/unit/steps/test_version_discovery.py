"""01_version_discovery asks about what is configured, and only what it found while it passed is used by the others."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from unit.preflight.test_findings import ACCOUNT
from unit.runs import create, finding
from unit.steps.stand_in import FakeAws, FakeEngine, FakeRun, context, judged
from unit.versions import judging

from runbook_lib import filing, preflight, settings, steps
from runbook_lib.errors import UsageError
from runbook_lib.parameters import VersionDiscoveryParameters
from runbook_lib.results import Status, now
from runbook_lib.steps.version_discovery import chosen_config, discovered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runbook_lib.run import Run
    from runbook_lib.steps.outcome import Report
    from runbook_lib.versions import Discovery

DISCOVERY = "01_version_discovery"
LISTED = {"18.3": "available", "14.24": "available", "14.23": "available", "14.9": "deprecated"}
RECORDED = datetime(2026, 10, 20, tzinfo=UTC)
"""The day of the record that the stand-in's AWS answers from."""


class Catalogue(FakeAws):
    """RDS that lists ``LISTED`` and offers these classes with each, as encrypted pairs; what was asked about is in ``asked``."""

    def __init__(self, *classes: str) -> None:
        super().__init__()
        self._classes = classes
        self.asked: list[tuple[str, str]] = []

    def pages(self, *names: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """What the RDS API answers; support dates are the bundled ones."""
        if names[1] == "describe_db_engine_versions":
            yield from ({"EngineVersion": version, "Status": status} for version, status in LISTED.items())
        elif names[1] == "describe_orderable_db_instance_options":
            self.asked.append((asked["EngineVersion"], asked["DBInstanceClass"]))
            if asked["DBInstanceClass"] in self._classes:
                yield {"MultiAZCapable": True, "SupportsStorageEncryption": True}


@pytest.fixture
def discover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    """01 over a catalogue, for a stack that is configured so, on a day."""

    def call(aws: Catalogue, config: dict[str, str], clock: datetime = RECORDED, **known: Any) -> Report:
        monkeypatch.setattr(settings, "stack_config", lambda _environment: config)
        monkeypatch.setattr(preflight, "read", lambda *_: ACCOUNT)
        surroundings = replace(context(FakeRun(tmp_path, {}), FakeEngine(), aws), clock=lambda: clock)
        return inspect.unwrap(steps.version_discovery)(surroundings, VersionDiscoveryParameters(**known))

    return call


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    return create()


def left(run: Run, status: Status, found: Discovery) -> None:
    """What an attempt at 01 that came to ``status`` leaves."""
    data = {**found.model_dump(mode="json"), "warnings": ["a warning"]}
    attempt = run.step_begins(DISCOVERY)
    result = filing.result_of(run, DISCOVERY, attempt, started=now(), parameters={}, findings=[finding(status)], data=data)
    filing.file(run, result, "step.finished")


@pytest.mark.parametrize("size", ["db.t3.medium", "db.m6g.large"])
def test_the_configured_instance_class_is_asked_about(discover: Any, size: str) -> None:
    aws = Catalogue(size)
    report = discover(aws, {"payments:instanceClass": size})
    assert aws.asked == [("14.24", size)]
    assert (report.data["instance_class"], report.data["engine_version"]) == (size, "14.24")
    orderable = judged(report.findings)["instance_class_orderable"]
    assert (orderable.status, orderable.resource) == (Status.PASS, size)


def test_one_that_cannot_be_had_fails(discover: Any) -> None:
    aws = Catalogue("db.t3.medium")
    report = discover(aws, {"payments:instanceClass": "db.m6g.large"})
    assert [version for version, _ in aws.asked] == ["14.24", "14.23"]  # and never the one that is withdrawn
    assert (report.data["engine_version"], judged(report.findings)["instance_class_orderable"].status) == ("", Status.FAIL)


def test_a_stack_without_an_instance_class_is_refused_before_anything_is_asked(discover: Any) -> None:
    aws = Catalogue("db.t3.medium")
    with pytest.raises(UsageError, match=r"Pulumi.staging.yaml does not say payments:instanceClass"):
        discover(aws, {})
    assert aws.asked == []


def test_the_major_and_the_runtime_are_those_that_were_asked_for(discover: Any) -> None:
    aws = Catalogue("db.t3.medium")
    report = discover(aws, {"payments:instanceClass": "db.t3.medium"}, postgres_major=18, lambda_runtime="python3.12")
    assert aws.asked == [("18.3", "db.t3.medium")]
    assert (report.data["engine_version"], report.data["runtime"]["name"]) == ("18.3", "python3.12")


def test_what_will_not_pass_for_long_is_said_though_it_passes(discover: Any) -> None:
    """Judged for the day of the record, with the clock three weeks before PostgreSQL 14's standard support ends."""
    configured = {"payments:instanceClass": "db.t3.medium"}
    report = discover(Catalogue("db.t3.medium"), configured, datetime(2027, 2, 7, tzinfo=UTC))
    (warning,) = report.warnings
    assert "2027-02-07, which no verdict here is for: PostgreSQL 14.24: standard support ends 2027-02-28, in 21 days" in warning
    assert (report.data["day"], report.data["today"]) == ("2026-10-20", "2027-02-07")
    assert judged(report.findings)["engine_version_supported"].status is Status.PASS
    assert discover(Catalogue("db.t3.medium"), configured, postgres_major=18).warnings == ()


def test_what_was_found_is_what_the_others_use(run: Run) -> None:
    found = judging.judged(major=18)
    left(run, Status.PASS, found)
    assert discovered(run) == found
    assert chosen_config(run) == {"payments:engineVersion": "18.3", "payments:lambdaRuntime": "python3.13"}


@pytest.mark.parametrize("status", [Status.FAIL, Status.UNKNOWN])
def test_what_was_found_while_it_did_not_pass_is_used_by_nobody(run: Run, status: Status) -> None:
    left(run, status, judging.judged())
    for use in (discovered, chosen_config):
        with pytest.raises(UsageError, match=f"{DISCOVERY} is {status}"):
            use(run)
