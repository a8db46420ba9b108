"""Results are read through the ledger only: what was forged, copied or swapped is refused, whoever reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.runs import create, dead, end, finish

from runbook_lib import canonical, settings
from runbook_lib.catalogue import run_status
from runbook_lib.errors import ExitCode, RecordError, UsageError
from runbook_lib.results import Status
from runbook_lib.run import Run
from runbook_lib.settling import ATTEMPT_VARIABLE, token

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "02_plan"


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))


@pytest.fixture
def run() -> Run:
    return create()


def forge(path: Path) -> None:
    """FAIL → PASS by hand, so that status and findings agree."""
    path.write_text(path.read_text().replace("FAIL", "PASS"))


class TestForged:
    """Each is one clear error with exit code 5 that names file, attempt and both digests, and status shows it."""

    def refused(self, run: Run, *said: str) -> None:
        for read in (run.passed, run.result):
            with pytest.raises(RecordError) as error:
                read(PLAN)
            assert error.value.exit_code == ExitCode.RECORDS
            for text in said:
                assert text in error.value.message
        view = run_status(run)
        assert view.state == "DAMAGED"
        assert any(said[0] in problem for problem in view.problems)

    def test_fail_made_pass_by_hand(self, run: Run) -> None:
        path = finish(run, PLAN, Status.FAIL)
        recorded = canonical.file_sha256(path)
        forge(path)
        self.refused(run, str(path), "attempt 1", recorded, canonical.file_sha256(path))

    def test_findings_changed_with_the_same_verdict(self, run: Run) -> None:
        path = finish(run, PLAN)
        path.write_text(path.read_text().replace("r is so.", "r is well."))
        self.refused(run, str(path))

    def test_copied_from_another_run(self, run: Run) -> None:
        path, other = finish(run, PLAN, Status.FAIL), finish(create(), PLAN)
        path.write_bytes(other.read_bytes())
        self.refused(run, str(path))

    def test_copied_where_the_step_never_ran(self, run: Run) -> None:
        other = finish(create(), PLAN)
        path = run.record(PLAN, 1, ".json")
        path.write_bytes(other.read_bytes())
        self.refused(run, str(path), "no event of the ledger")

    def test_copied_where_the_attempt_left_none(self, run: Run) -> None:
        attempt = run.begin(PLAN, "notebook.started")
        run.ledger.append("notebook.ended", step=PLAN, attempt=attempt, state="ok", status="PASS", records={})
        path = run.record(PLAN, 1, ".json")
        path.write_bytes(finish(create(), PLAN).read_bytes())
        self.refused(run, str(path), "no event of the ledger")

    def test_attempts_swapped(self, run: Run) -> None:
        first, second = finish(run, PLAN), finish(run, PLAN, Status.FAIL)
        one, two = first.read_bytes(), second.read_bytes()
        first.write_bytes(two)
        second.write_bytes(one)
        self.refused(run, str(second), "attempt 2")

    def test_removed(self, run: Run) -> None:
        path = finish(run, PLAN)
        path.unlink()
        self.refused(run, str(path), "missing")

    def test_bound_by_an_event_of_another_run_as_well(self, run: Run) -> None:
        """Digests agree; the file still says where it belongs."""
        other = create()
        path = run.record(PLAN, 1, ".json")
        run.begin(PLAN)
        path.write_bytes(finish(other, PLAN).read_bytes())
        digest = canonical.file_sha256(path)
        run.ledger.append("step.finished", step=PLAN, attempt=1, status="PASS", records={path.name: digest})
        self.refused(run, f"of run {other.facts.run}, PASS; the ledger says attempt 1 at {PLAN} of run {run.facts.run}")

    def test_changed_between_the_steps_end_and_the_notebooks(self, run: Run) -> None:
        attempt = run.begin(PLAN, "notebook.started")
        path = end(run, PLAN, attempt, Status.FAIL)
        forge(path)
        records = {path.name: canonical.file_sha256(path)}
        run.ledger.append("notebook.ended", step=PLAN, attempt=attempt, state="ok", status="PASS", records=records)
        self.refused(run, str(path))

    def test_a_later_attempt_that_nobody_began_does_not_count(self, run: Run) -> None:
        path = finish(run, PLAN, Status.FAIL)
        run.record(PLAN, 2, ".json").write_text(path.read_text().replace("FAIL", "PASS").replace('"attempt": 1', '"attempt": 2'))
        with pytest.raises(UsageError, match=r"02_plan is FAIL"):
            run.passed(PLAN)
        assert run.begin(PLAN) == 3  # and its number is not given again

    def test_run_json(self, run: Run) -> None:
        path = run.directory / "run.json"
        path.write_text(path.read_text().replace('"rehearsal": true', '"rehearsal": false'))
        with pytest.raises(RecordError, match="not the one that the ledger begins with"):
            Run.open(run.directory)


class TestPassed:
    def test_by_hand(self, run: Run) -> None:
        finish(run, PLAN, limit=3)
        result = run.passed(PLAN)
        assert (result.run, result.status, result.data["limit"]) == (run.facts.run, Status.PASS, 3)

    @pytest.mark.parametrize("status", [Status.FAIL, Status.UNKNOWN])
    def test_nothing_but_pass(self, run: Run, status: Status) -> None:
        finish(run, PLAN, status)
        with pytest.raises(UsageError, match=f"02_plan is {status}"):
            run.passed(PLAN)

    def test_the_latest_attempt_counts(self, run: Run) -> None:
        finish(run, PLAN)
        finish(run, PLAN, Status.FAIL)
        with pytest.raises(UsageError, match="is FAIL"):
            run.passed(PLAN)
        finish(run, PLAN)
        assert run.passed(PLAN).attempt == 3

    def test_never_run(self, run: Run) -> None:
        with pytest.raises(UsageError, match="has no result"):
            run.passed(PLAN)

    def test_at_work(self, run: Run) -> None:
        finish(run, PLAN)
        run.begin(PLAN)
        with pytest.raises(UsageError, match="has not ended"):
            run.passed(PLAN)

    @pytest.mark.parametrize("status", ["FAIL", "UNKNOWN"])
    def test_a_notebook_that_did_not_pass_whatever_its_result_says(self, run: Run, status: str) -> None:
        attempt = run.begin(PLAN, "notebook.started")
        end(run, PLAN, attempt)
        run.ledger.append("notebook.ended", step=PLAN, attempt=attempt, state="exited", status=status, records={})
        with pytest.raises(UsageError, match="says PASS, but its notebook ended exited"):
            run.passed(PLAN)

    def test_a_pass_that_was_taken_back(self, run: Run) -> None:
        """The last word of an attempt counts."""
        path = finish(run, PLAN)
        records = {path.name: canonical.file_sha256(path)}
        run.ledger.append("step.failed", step=PLAN, attempt=1, status="FAIL", records=records)
        with pytest.raises(RecordError, match=r"PASS; the ledger says .* FAIL"):
            run.passed(PLAN)

    def test_killed_after_its_result(self, run: Run) -> None:
        attempt = run.ledger.begin("notebook.started", PLAN, owner=dead().model_dump())
        end(run, PLAN, attempt)
        with pytest.raises(UsageError, match="has not ended"):
            run.passed(PLAN)
        run.settle()
        with pytest.raises(UsageError, match="was killed"):
            run.passed(PLAN)


class TestAttempts:
    def test_the_runners_attempt_is_its_kernels(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        attempt = run.begin(PLAN, "notebook.started")
        monkeypatch.setenv(ATTEMPT_VARIABLE, token(run.facts.run, PLAN, attempt))
        assert run.step_begins(PLAN) == 1
        assert run.next_attempt(PLAN) == 1
        with pytest.raises(RecordError, match="has begun already as attempt 1"):
            run.step_begins(PLAN)

    @pytest.mark.parametrize("stale", ["2", "other/02_plan/1", "{run}/03_deploy/1", "{run}/02_plan/7", "{run}/02_plan/1"])
    def test_a_stale_variable_misleads_nobody(self, run: Run, monkeypatch: pytest.MonkeyPatch, stale: str) -> None:
        run.begin(PLAN, "notebook.started")
        run.ledger.append("notebook.ended", step=PLAN, attempt=1, state="ok", status="UNKNOWN", records={})
        monkeypatch.setenv(ATTEMPT_VARIABLE, stale.format(run=run.facts.run))
        assert run.step_begins(PLAN) == 2
        assert [each.by_hand for each in run.attempts()] == [False, True]

    def test_files_of_a_ledger_that_lost_its_end_count(self, run: Run) -> None:
        (run.working / f"{PLAN}.4.ipynb").touch()
        assert run.next_attempt(PLAN) == 5
        assert run.begin(PLAN) == 5
