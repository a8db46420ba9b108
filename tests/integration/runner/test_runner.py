"""A step's attempt is filed whatever happens in it, and passes only if its result file says so."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from integration.runner.stepping import SAVES, STEP, create, execute, home

from runbook_lib.catalogue import run_status
from runbook_lib.errors import ExitCode, UsageError
from runbook_lib.results import Status
from runbook_lib.states import State

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.run import Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in home(tmp_path).items():
        monkeypatch.setenv(name, value)
    return create()


class TestExecute:
    def test_pass_files_notebook_and_result(self, run: Run) -> None:
        done = execute(run, SAVES.format(status="PASS"), "outcome.gate()", deletion_limit="3")
        assert (done.status, done.exit_code, done.state) == (Status.PASS, ExitCode.PASSED, State.OK)
        assert done.result is not None
        assert done.result.data == {"limit": 3}
        assert sorted(path.name for path in run.directory.glob("0*")) == ["02_plan.ipynb", "02_plan.json"]
        assert not list(run.working.glob("*.ipynb"))
        assert [event["event"] for event in run.ledger.events()] == [
            "run.started", "notebook.started", "step.started", "step.finished", "notebook.ended",
        ]  # fmt: skip

    @pytest.mark.parametrize("status", ["FAIL", "UNKNOWN"])
    def test_anything_but_pass_fails_the_gate_with_the_evidence_saved(self, run: Run, status: str) -> None:
        done = execute(run, SAVES.format(status=status), "outcome.gate()")
        assert (done.status, done.exit_code) == (Status(status), ExitCode.FAILED)
        assert "a_check: r is so." in done.error
        assert json.loads(run.record(STEP, 1, ".json").read_text())["status"] == status
        assert nbformat.read(done.notebook, as_version=4).metadata.runbook["state"] == "failed"

    def test_reason_outlives_a_secret_on_the_way(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "qanary-7f3a-secret")
        shows = "import os; print(os.environ['AWS_SECRET_ACCESS_KEY'])"
        done = execute(run, SAVES.format(status="FAIL"), shows, "outcome.gate()")
        assert (done.status, done.exit_code) == (Status.FAIL, ExitCode.FAILED)
        assert "a_check: r is so." in done.error
        assert "qanary" not in done.notebook.read_text()

    def test_reason_outlives_a_secret_in_a_key(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "qanary-7f3a-secret")
        shows = "import os\nfrom IPython.display import JSON, display\ndisplay(JSON({os.environ['AWS_SECRET_ACCESS_KEY']: 1}))"
        done = execute(run, SAVES.format(status="FAIL"), shows, "outcome.gate()")
        assert (done.status, done.exit_code) == (Status.FAIL, ExitCode.FAILED)
        assert "a_check: r is so." in done.error
        filed = nbformat.read(done.notebook, as_version=4)
        assert filed.metadata.runbook["withheld"] == ["[redacted:AWS_SECRET_ACCESS_KEY]"]
        assert "qanary" not in done.notebook.read_text()

    def test_leaving_early_does_not_pass_even_with_a_good_result(self, run: Run) -> None:
        done = execute(run, SAVES.format(status="PASS"), "import sys; sys.exit(0)", "outcome.gate()")
        assert (done.status, done.state) == (Status.UNKNOWN, State.EXITED)
        assert done.exit_code is ExitCode.ENGINE

    def test_leaving_early_ends_a_step_even_where_errors_are_expected(self, run: Run) -> None:
        done = execute(run, SAVES.format(status="PASS"), "import sys; sys.exit(0)", "outcome.gate()", tagged="raises-exception")
        assert (done.status, done.state) == (Status.UNKNOWN, State.EXITED)
        assert done.exit_code is ExitCode.ENGINE
        assert nbformat.read(done.notebook, as_version=4).cells[-1].metadata.runbook["state"] == "not_run"

    def test_no_result_is_no_pass(self, run: Run) -> None:
        done = execute(run, "1 + 1")
        assert (done.status, done.exit_code) == (Status.UNKNOWN, ExitCode.ENGINE)

    @pytest.mark.parametrize(("error", "code"), [("UsageError", 2), ("EngineError", 4), ("RecordError", 5), ("TargetError", 4)])
    def test_errors_keep_their_exit_code(self, run: Run, error: str, code: int) -> None:
        done = execute(run, f"from runbook_lib.errors import {error}; raise {error}('so it is')")
        assert done.exit_code == code
        assert "so it is" in done.error

    def test_kernel_that_dies_is_on_record(self, run: Run) -> None:
        done = execute(run, SAVES.format(status="PASS"), "import os; os.kill(os.getpid(), 9)")
        assert (done.state, done.status, done.exit_code) == (State.KERNEL_DIED, Status.UNKNOWN, ExitCode.ENGINE)
        assert list(run.ledger.events())[-1]["state"] == "kernel_died"

    def test_second_attempt_stands_beside_the_first(self, run: Run) -> None:
        execute(run, "raise ValueError('first')")
        done = execute(run, SAVES.format(status="PASS"), "outcome.gate()")
        assert done.attempt == 2
        assert done.notebook.name == "02_plan.2.ipynb"
        assert run.passed(STEP).attempt == 2
        assert [(s.name, s.attempt, s.status) for s in run_status(run).steps] == [(STEP, 2, "PASS")]

    def test_bad_parameter_starts_no_kernel(self, run: Run) -> None:
        with pytest.raises(UsageError, match="did you mean 'deletion_limit'"):
            execute(run, "print(1)", deletion_limits=1)
        assert not list(run.directory.glob("0*"))
        assert [event["event"] for event in run.ledger.events()] == ["run.started"]


def test_command_line_does_not_build_the_parser_that_jsonschema_would(tmp_path: Path) -> None:
    """It takes two seconds, each time, and no command validates IRIs."""
    with socket.socket() as taken:  # which is found out while the world comes up, and the runner is imported
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-X", "importtime", "-m", "runbook_lib", "rehearse", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "is taken" in done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "nbformat" in imported
    assert "lark" not in imported
