"""``runbook status``: every run is there, with what it came to; what is wrong with its records is named, and hides nothing."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from unit.runs import create, dead, end, finish

from runbook_lib import cli, filing, parameters, settings
from runbook_lib.catalogue import run_status
from runbook_lib.errors import ExitCode, RecordError
from runbook_lib.results import Status
from runbook_lib.run import Run

DISCOVERY, PLAN, DEPLOY, *_, COSTS = parameters.FORWARD


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    return tmp_path / "outputs"


class Shown:
    """What the command printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *given: str) -> None:
        monkeypatch.setattr(sys, "argv", ["runbook", "status", *given])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        self.code = stopped.value.code
        self.out, self.err = capsys.readouterr()

    @property
    def states(self) -> dict[str, str]:
        return {line.split()[0]: line.split("(rehearsal)  ")[1].rpartition("  ")[0] for line in self.out.splitlines()}

    @property
    def told(self) -> dict[str, dict[str, Any]]:
        return {each["run"]: each for each in json.loads(self.out)}


@pytest.fixture
def status(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda *given: Shown(capsys, monkeypatch, *given)


def ended(run: Run, event: str = "run.finished") -> Run:
    run.ledger.append(event, exit_code=0)
    return run


class TestOfAll:
    """One bad run is named, the others are shown."""

    def test_torn_forged_killed_and_well(self, status: Any) -> None:
        torn, forged, killed, well, broken = (create() for _ in range(5))
        for each in (torn, well, broken):
            finish(each, DISCOVERY)
            ended(each)
        torn.ledger.path.write_bytes(torn.ledger.path.read_bytes()[:-7])
        broken.ledger.path.write_bytes(broken.ledger.path.read_bytes().replace(b"PASS", b"pass"))
        path = finish(forged, PLAN)
        path.write_text(path.read_text().replace("is so", "is well"))
        killed.ledger.begin("notebook.started", DEPLOY, owner=dead().model_dump())
        shown = status()
        assert shown.states == {
            torn.facts.run: "unfinished",
            forged.facts.run: "DAMAGED",
            killed.facts.run: "killed",
            well.facts.run: "partly passed",
            broken.facts.run: "DAMAGED",
        }
        assert shown.code == ExitCode.RECORDS
        assert f"{torn.ledger.path}:4 is torn" in shown.err
        assert f"{path} is not the result of attempt 1" in shown.err
        assert f"{broken.ledger.path}:4 does not follow" in shown.err
        assert str(well.directory) not in shown.err
        listed = status("--json").told
        assert {run for run, each in listed.items() if each["problems"]} == {torn.facts.run, forged.facts.run, broken.facts.run}

    @pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("{}")], ids=["gone", "emptied"])
    def test_unreadable(self, status: Any, spoil: Any) -> None:
        good, bad = create(), create()
        spoil(bad.directory / "run.json")
        assert [run.facts.run for run in Run.all()] == [good.facts.run]
        shown, told = status(), status("--json")
        assert (shown.code, told.code) == (ExitCode.RECORDS, ExitCode.RECORDS)
        assert shown.states[bad.facts.run] == told.told[bad.facts.run]["state"] == "DAMAGED"
        assert str(bad.directory / "run.json") in shown.err
        assert str(bad.directory / "run.json") in told.told[bad.facts.run]["problems"][0]
        assert told.told[good.facts.run]["state"] == "unfinished"
        assert status(bad.facts.run).code == ExitCode.RECORDS
        assert status(good.facts.run).code == 0

    def test_ten_and_those_that_cannot_be_read(self, status: Any) -> None:
        bad = create()
        (bad.directory / "run.json").unlink()
        old = bad.directory.rename(bad.directory.with_name("20000101T000000Z-abcdef"))
        for _ in range(11):
            create()
        assert len(status("--json").told) == 11
        assert old.name in status("--json").told

    def test_a_folder_just_made_has_nothing_on_record(self, status: Any) -> None:
        run = create()
        for path in run.directory.iterdir():
            path.unlink()
        (run.directory / ".run.json.x1y2").touch()  # the first record, about to be
        for shown in (status(), status(run.facts.run)):
            assert (shown.code, shown.states) == (0, {run.facts.run: "begun"})
            assert f"{run.directory} has been begun, and nothing is on record." in shown.err

    def test_what_is_no_file_is_not_waited_for(self, status: Any) -> None:
        run, other = create(), create()
        run.ledger.path.unlink()
        os.mkfifo(run.ledger.path)
        (other.directory / "run.json").unlink()
        os.mkfifo(other.directory / "run.json")
        assert set(status().states.values()) == {"DAMAGED"}


class TestState:
    def test_passed_is_every_forward_step(self) -> None:
        run = create()
        for step in parameters.FORWARD:
            finish(run, step)
        assert run_status(ended(run)).state == "passed"

    def test_one_step_is_a_part(self) -> None:
        run = create()
        finish(run, DISCOVERY)
        assert run_status(ended(run)).state == "partly passed"

    def test_a_later_step_does_not_make_good_what_failed(self) -> None:
        run = create()
        for step in parameters.FORWARD:
            finish(run, step, Status.FAIL if step == COSTS else Status.PASS)
        ended(run, "run.stopped")
        finish(run, DISCOVERY)
        assert run_status(ended(run)).state == "stopped"
        finish(run, COSTS)
        assert run_status(ended(run)).state == "passed"

    def test_nor_what_was_killed(self) -> None:
        run = create()
        run.ledger.begin("notebook.started", DEPLOY, owner=dead().model_dump())
        run.settle()
        finish(run, DISCOVERY)
        assert run_status(ended(run)).state == "stopped"

    def test_torn_down(self) -> None:
        run = create()
        for step in (*parameters.FORWARD, "91_teardown"):
            finish(run, step)
        assert run_status(ended(run)).state == "torn down"

    def test_a_teardown_that_failed_is_none(self) -> None:
        run = create()
        finish(run, "91_teardown", Status.FAIL)
        assert run_status(ended(run, "run.stopped")).state == "stopped"


class TestBroken:
    def test_what_comes_before_the_break_is_told(self) -> None:
        """A step that ended before it did so; whatever cannot be read is not known to have been killed."""
        run = create()
        for step in (DISCOVERY, PLAN, DEPLOY):
            finish(run, step)
        lines = run.ledger.path.read_bytes().splitlines(keepends=True)
        run.ledger.path.write_bytes(b"".join([*lines[:4], b"garbage\n", *lines[5:]]))
        view = run_status(run)
        assert view.state == "DAMAGED"
        assert {each.name: each.status for each in view.steps} == {DISCOVERY: "PASS", PLAN: "DAMAGED", DEPLOY: "DAMAGED"}


class TestBound:
    """Every file that an event binds counts, not only the result."""

    @pytest.fixture
    def run(self) -> Run:
        run = create()
        attempt = run.begin(DEPLOY, "notebook.started")
        files = [run.record(DEPLOY, attempt, suffix) for suffix in (".ipynb", ".junit.xml")]
        for path in files:
            path.write_text("as it was")

        end(run, DEPLOY, attempt)
        records = filing.records(run, DEPLOY, attempt)
        run.ledger.append("notebook.ended", step=DEPLOY, attempt=attempt, state="ok", status="PASS", records=records)
        return run

    @pytest.mark.parametrize("suffix", [".ipynb", ".junit.xml"])
    @pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("{}")], ids=["gone", "changed"])
    def test_of_the_latest_attempt(self, run: Run, suffix: str, spoil: Any) -> None:
        assert run.passed(DEPLOY).attempt == 1
        path = run.record(DEPLOY, 1, suffix)
        spoil(path)
        view = run_status(run)
        assert (view.state, view.steps[0].status) == ("DAMAGED", "DAMAGED")
        assert any(str(path) in problem for problem in view.problems)
        with pytest.raises(RecordError, match=path.name) as error:
            run.passed(DEPLOY)
        assert error.value.exit_code == ExitCode.RECORDS

    def test_of_an_earlier_attempt(self, run: Run) -> None:
        finish(run, DEPLOY)
        run.record(DEPLOY, 1, ".ipynb").write_text("{}")
        view = run_status(run)
        assert (view.state, view.steps[0].status) == ("DAMAGED", "PASS")
        assert run.passed(DEPLOY).attempt == 2
