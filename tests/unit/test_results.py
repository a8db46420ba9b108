"""A step passed only if its findings say so, and its file says what they say."""

from __future__ import annotations

import json
import math
import multiprocessing
import resource
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib import files
from runbook_lib.errors import GateError, RecordError
from runbook_lib.results import Finding, Status, StepResult, verdict

if TYPE_CHECKING:
    from pathlib import Path

SPAWN = multiprocessing.get_context("spawn")
P, F, U = Status.PASS, Status.FAIL, Status.UNKNOWN


def finding(status: Status, check: str = "check_a") -> Finding:
    return Finding(check=check, requirement=("N1",), status=status, resource="vpc-1", message="vpc-1 is so.", remedy="Mend it.")


def result(*statuses: Status) -> StepResult:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    found = tuple(finding(status, f"check_{i}") for i, status in enumerate(statuses))
    return StepResult(step="04_verify", started=at, finished=at, parameters={}, findings=found, data={})


def _fill(folder: Path, write: str, queue: Any) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    try:
        if write == "save":
            result(P).save(folder / "r.json")
        else:
            files.write_atomic(folder / "r.yaml", b"x" * 1000)
    except RecordError as error:
        queue.put(error.message)


class TestVerdict:
    @pytest.mark.parametrize(
        ("statuses", "expected"),
        [((), F), ((P,), P), ((P, F), F), ((P, U), U), ((U, F), F), ((P, P), P)],
    )
    def test_worst_counts_and_nothing_is_failure(self, statuses: tuple[Status, ...], expected: Status) -> None:
        assert verdict(finding(status) for status in statuses) is expected


class TestGate:
    def test_pass_is_silent(self) -> None:
        result(P).gate()

    @pytest.mark.parametrize("bad", [F, U])
    def test_names_what_is_not_pass_and_the_remedy(self, bad: Status) -> None:
        with pytest.raises(GateError, match=r"(?s)check_1: vpc-1 is so\. -> Mend it\.") as caught:
            result(P, bad).gate()
        assert "check_0" not in str(caught.value)


class TestFile:
    def test_round_trip(self, tmp_path: Path) -> None:
        saved = result(P, U)
        assert StepResult.load(saved.save(tmp_path / "r.json")) == saved

    def test_is_never_overwritten(self, tmp_path: Path) -> None:
        result(F).save(tmp_path / "r.json")
        with pytest.raises(RecordError, match="never overwritten"):
            result(P).save(tmp_path / "r.json")
        assert StepResult.load(tmp_path / "r.json").status is F
        assert [path.name for path in tmp_path.iterdir()] == ["r.json"]

    def test_a_status_its_findings_do_not_lead_to_is_refused(self, tmp_path: Path) -> None:
        path = result(F).save(tmp_path / "r.json")
        raw = json.loads(path.read_text())
        path.write_text(json.dumps({**raw, "status": "PASS"}))
        with pytest.raises(RecordError, match="states PASS, but its findings lead to FAIL"):
            StepResult.load(path)

    @pytest.mark.parametrize("odd", [math.nan, math.inf, 2**60, {1}, object()], ids=["nan", "inf", "huge", "set", "object"])
    def test_what_json_does_not_have_is_never_written_as_something_else(self, odd: object) -> None:
        with pytest.raises(ValueError, match=r"rate is (the number|an integer|of type)"):
            StepResult.model_validate({**result(P).model_dump(exclude={"status"}), "data": {"rate": odd}})

    def test_nan_in_a_file_is_refused(self, tmp_path: Path) -> None:
        path = result(P).save(tmp_path / "r.json")
        path.write_text(path.read_text().replace('"data": {}', '"data": {"rate": NaN}'))
        with pytest.raises(RecordError, match="rate is the number nan"):
            StepResult.load(path)

    @pytest.mark.parametrize("write", ["save", "replace"])
    def test_a_full_disk_leaves_nothing_half_written(self, tmp_path: Path, write: str) -> None:
        (tmp_path / "r.yaml").write_text("old")
        queue = SPAWN.Queue()
        writer = SPAWN.Process(target=_fill, args=(tmp_path, write, queue))
        writer.start()
        said = queue.get(timeout=60)
        writer.join()
        assert "cannot be written: File too large" in said
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"r.yaml": "old"}

    def test_missing_or_garbled_is_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(RecordError, match="cannot be read"):
            StepResult.load(tmp_path / "none.json")
        (tmp_path / "bad.json").write_text("{")
        with pytest.raises(RecordError, match="not a valid record"):
            StepResult.load(tmp_path / "bad.json")
