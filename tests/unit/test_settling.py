"""What a killed runner left is shown as that, ended, and put on record by the next command; what is at work is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from unit.runs import create, dead, end, finish

from runbook_lib import canonical, owners, settings, settling
from runbook_lib.catalogue import run_status
from runbook_lib.errors import UsageError
from runbook_lib.owners import Life, Owner
from runbook_lib.settling import ATTEMPT_VARIABLE, settle, token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runbook_lib.run import Run

DEPLOY = "03_deploy"
SCRIPT = "import signal, time; signal.signal(2, signal.{}); print(1, flush=True); time.sleep(600)"
SLEEPS = [sys.executable, "-c", SCRIPT.format("default_int_handler")]  # in the background it would be ignored
STUBBORN = [sys.executable, "-c", SCRIPT.format("SIG_IGN")]
BEGINS = """
import sys
from pathlib import Path
from runbook_lib.run import Run
run = Run.open(Path(sys.argv[1]))
print(run.begin("03_deploy", sys.argv[2]), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    return create()


def killed(run: Run, event: str = "notebook.started", **facts: object) -> int:
    """An attempt whose owner is gone."""
    return run.ledger.begin(event, DEPLOY, owner=dead().model_dump(), code={"commit": "c", "diff": ""}, **facts)


def patient(run: Run, grace: float = 60) -> list[int]:
    return [attempt.number for attempt in settle(run, grace=grace, elsewhere=False, tell=lambda _: None)]


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


def started(processes: list[subprocess.Popen[bytes]], command: list[str], **options: object) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)  # type: ignore[call-overload]
    processes.append(process)
    assert process.stdout.readline()
    return process


class TestStatus:
    def test_killed_is_said_without_writing(self, run: Run) -> None:
        killed(run)
        before = run.ledger.path.read_bytes()
        view = run_status(run)
        assert (view.state, [each.status for each in view.steps]) == ("killed", ["KILLED"])
        assert run.ledger.path.read_bytes() == before
        run.settle()
        view = run_status(run)
        assert (view.state, [each.status for each in view.steps]) == ("killed", ["KILLED"])

    def test_at_work_is_running(self, run: Run, processes: list[subprocess.Popen[bytes]]) -> None:
        runner = started(processes, [sys.executable, "-c", BEGINS, str(run.directory), "notebook.started"])
        view = run_status(run)
        assert (view.state, [each.status for each in view.steps]) == ("running", ["RUNNING"])
        runner.kill()
        runner.wait()
        assert run_status(run).state == "killed"

    def test_between_two_steps(self, run: Run, processes: list[subprocess.Popen[bytes]]) -> None:
        runner = started(processes, [sys.executable, "-c", BEGINS, str(run.directory), "notebook.started"])
        run.ledger.append("notebook.ended", step=DEPLOY, attempt=1, state="ok", status="UNKNOWN", records={})
        assert run_status(run).state == "running"
        runner.kill()
        runner.wait()
        assert run_status(run).state == "killed"
        run.ledger.append("run.stopped", exit_code=4)
        assert run_status(run).state == "stopped"

    def test_by_hand_is_unfinished_between_two_steps(self, run: Run) -> None:
        assert run_status(run).state == "unfinished"
        finish(run, "02_plan")
        assert run_status(run).state == "unfinished"

    def test_elsewhere(self, run: Run) -> None:
        run.ledger.begin("notebook.started", DEPLOY, owner=Owner.me().model_copy(update={"host": "x"}).model_dump())
        assert run_status(run).state == "running elsewhere"

    def test_torn_and_broken_ledgers_are_named(self, run: Run) -> None:
        finish(run, "02_plan")
        whole = run.ledger.path.read_bytes()
        run.ledger.path.write_bytes(whole[:-5])
        view = run_status(run)
        assert any("ledger.jsonl:3 is torn" in problem for problem in view.problems)
        assert [each.status for each in view.steps] == ["RUNNING"]  # by this process, as far as the ledger goes
        run.ledger.path.write_bytes(whole.replace(b"PASS", b"FAIL"))
        run.ledger.append("run.finished")
        assert run_status(run).state == "DAMAGED"


class TestSettle:
    def test_is_on_record_with_what_was_left(self, run: Run) -> None:
        attempt = killed(run, inputs={"notebooks/03_deploy.ipynb": "d"})
        (run.working / f"{DEPLOY}.ipynb").write_bytes(b"as the killed runner left it")
        path = end(run, DEPLOY, attempt)
        assert [each.number for each in run.settle()] == [1]
        *_, last = run.ledger.events()
        assert (last["event"], last["attempt"], last["life"]) == ("notebook.killed", 1, "gone")
        assert (last["code"], last["inputs"]) == ({"commit": "c", "diff": ""}, {"notebooks/03_deploy.ipynb": "d"})
        record = run.record(DEPLOY, 1, ".ipynb")
        assert record.read_bytes() == b"as the killed runner left it"
        assert last["records"] == {each.name: canonical.file_sha256(each) for each in (record, path)}
        assert last["settled_by"]
        assert list(run.working.iterdir()) == []
        assert run.settle() == []
        assert run.begin(DEPLOY) == 2

    def test_by_hand(self, run: Run) -> None:
        killed(run, "step.started")
        run.settle()
        assert list(run.ledger.events())[-1]["event"] == "step.killed"

    def test_a_result_that_was_not_yet_on_record_is_named_and_no_evidence(self, run: Run) -> None:
        killed(run)
        path = run.record(DEPLOY, 1, ".json")
        path.write_text("{}")
        run.settle()
        assert path.name in list(run.ledger.events())[-1]["records"]
        assert run.result(DEPLOY) is None
        assert run_status(run).state == "killed"

    def test_what_was_to_replace_the_working_notebook_is_removed(self, run: Run) -> None:
        killed(run)
        (run.working / ".papermill-0123456789abcdef").write_text("{half")
        run.settle()
        assert list(run.working.iterdir()) == []

    def test_killed_while_it_filed_the_notebook(self, run: Run) -> None:
        killed(run)
        for path in (run.working / f"{DEPLOY}.ipynb", run.record(DEPLOY, 1, ".ipynb")):
            path.write_bytes(b"same")
        run.settle()
        assert list(run.working.iterdir()) == []
        assert run.record(DEPLOY, 1, ".ipynb").read_bytes() == b"same"

    def test_a_record_is_not_replaced_by_what_lies_in_the_working_folder(self, run: Run) -> None:
        killed(run)
        run.record(DEPLOY, 1, ".ipynb").write_bytes(b"record")
        (run.working / f"{DEPLOY}.ipynb").write_bytes(b"other")
        run.settle()
        assert run.record(DEPLOY, 1, ".ipynb").read_bytes() == b"record"
        assert list(list(run.ledger.events())[-1]["unfiled"]) == [f".running/{DEPLOY}.ipynb"]

    def test_at_work_is_refused_and_untouched(self, run: Run, processes: list[subprocess.Popen[bytes]]) -> None:
        runner = started(processes, [sys.executable, "-c", BEGINS, str(run.directory), "notebook.started"])
        before = run.ledger.path.read_bytes()
        with pytest.raises(UsageError, match=rf"Attempt 1 at 03_deploy .* is at work: process {runner.pid} on"):
            run.settle(elsewhere=True)
        assert run.ledger.path.read_bytes() == before
        assert runner.poll() is None

    def test_elsewhere_only_on_purpose(self, run: Run) -> None:
        run.ledger.begin("notebook.started", DEPLOY, owner=Owner.me().model_copy(update={"host": "x"}).model_dump())
        with pytest.raises(UsageError, match=r"process \d+ on x"):
            run.settle()
        assert [each.number for each in run.settle(elsewhere=True)] == [1]

    def test_an_end_that_this_very_process_could_not_record(self, run: Run) -> None:
        run.begin(DEPLOY, "notebook.started")
        assert [each.life for each in run.settle()] == [Life.HERE]
        assert list(run.ledger.events())[-1]["life"] == "here"


class TestWork:
    def test_what_says_it_works_for_the_attempt_is_asked_to_stop(
        self, run: Run, processes: list[subprocess.Popen[bytes]]
    ) -> None:
        environment = {**os.environ, ATTEMPT_VARIABLE: token(run.facts.run, DEPLOY, killed(run))}
        work = started(processes, SLEEPS, env=environment, stderr=subprocess.PIPE)
        stranger = started(processes, SLEEPS, env={**environment, ATTEMPT_VARIABLE: token(run.facts.run, DEPLOY, 2)})
        assert patient(run) == [1]
        work.wait(60)
        assert work.stderr
        with work.stderr as said:
            assert b"KeyboardInterrupt" in said.read()
        (named,) = list(run.ledger.events())[-1]["processes_ended"]
        assert named.startswith(f"{work.pid} ")
        assert stranger.poll() is None

    def test_what_does_not_stop_is_killed_in_the_end(self, run: Run, processes: list[subprocess.Popen[bytes]]) -> None:
        environment = {**os.environ, ATTEMPT_VARIABLE: token(run.facts.run, DEPLOY, killed(run))}
        work = started(processes, STUBBORN, env=environment)
        assert patient(run, grace=0.2) == [1]
        assert work.wait(60) == -signal.SIGKILL

    def test_a_kernels_group_is_found_without_its_environment(
        self, run: Run, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Forked kernels do not show theirs."""
        monkeypatch.setattr(settling, "LAST_WORDS_SECONDS", 0.2)
        kernel = started(processes, STUBBORN, start_new_session=True)
        killed(run)
        facts = {"pid": kernel.pid, "group": kernel.pid, "began": owners._began(kernel.pid)}
        run.ledger.append("step.started", step=DEPLOY, attempt=1, owner={**Owner.me().model_dump(), **facts})
        assert patient(run, grace=0.2) == [1]
        assert kernel.wait(60) == -signal.SIGKILL

    def test_a_group_that_somebody_else_leads_by_now_is_left_alone(
        self, run: Run, processes: list[subprocess.Popen[bytes]]
    ) -> None:
        other = started(processes, SLEEPS, start_new_session=True)
        killed(run)
        facts = {"pid": other.pid, "group": other.pid, "began": "1"}
        run.ledger.append("step.started", step=DEPLOY, attempt=1, owner={**Owner.me().model_dump(), **facts})
        run.settle()
        assert other.poll() is None

    def test_what_is_being_ended_in_order_is_only_waited_for(self, run: Run, processes: list[subprocess.Popen[bytes]]) -> None:
        """To Pulumi a second interrupt means to give up at once."""
        environment = {**os.environ, ATTEMPT_VARIABLE: token(run.facts.run, DEPLOY, killed(run))}
        soon = SLEEPS[2].replace("600", "1") + "; print('in order')"
        work = started(processes, [*SLEEPS[:2], soon], env=environment)
        started(processes, [*SLEEPS[:2], soon, "runbook_lib.kernel.orphan"], env=environment)
        assert patient(run) == [1]
        assert work.stdout
        assert work.stdout.read() == b"in order\n"
