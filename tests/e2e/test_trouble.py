"""Bad input and bad luck: one clear error, the right exit code, evidence of what happened, no process left behind."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from e2e.conftest import ROOT, Runbook, of_this_rehearsal
from processes import saying

from runbook_lib.results import Status, StepResult
from runbook_lib.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

ERRORS_HAVE_ONE_LINE = "runbook: "


def nothing_left(runbook: Runbook) -> None:
    """Every process of the rehearsal ends; the kernel and the servers may need a moment."""
    deadline = time.monotonic() + 30
    while (left := of_this_rehearsal(runbook)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rehearse", "-p", "deletion_limt=3"), "did you mean 'deletion_limit'"),
        (("rehearse", "-p", "deletion_limit=three"), "parameter 'deletion_limit' = 'three'"),
        (("rehearse", "-p", "deletion_limit"), "is not NAME=VALUE"),
        (("rehearse", "-e", "stagign"), "no environment 'stagign'"),
        (("rehearse", "-e", "../../etc"), "no environment"),
        (("run", "07"), "no step '07'"),
        (("run", "02"), "No passphrase"),
        (("run", "02", "--run", "20260101T000000Z-abcdef"), "no run"),
        (("status", "20260101T000000Z-abcdef"), "no run"),
        (("teardown",), "repeat the environment's name"),
        (("teardown",), "No rehearsal is being kept, so this is AWS.\nstaging · account unknown · us-east-1 · AWS\n"),
        (("nonsense",), "No such command"),
    ],
)
def test_bad_usage_is_said_before_anything_runs(runbook: Runbook, arguments: tuple[str, ...], said: str) -> None:
    code, printed = runbook(*arguments)
    assert code == 2, printed
    assert said in printed
    assert "Traceback" not in printed
    assert list(runbook.outputs.glob("*/*/run.json")) == []


def test_outputs_that_cannot_be_made_are_bad_usage(runbook: Runbook) -> None:
    """As in a read-only project; a file in the folder's place refuses root as well."""
    (runbook.outputs / ".rehearsal").touch()
    code, printed = runbook("rehearse")
    assert code == 2, printed
    assert f"{runbook.outputs}/.rehearsal/" in printed
    assert "Set RUNBOOK_OUTPUTS" in printed


def changed_home(tmp_path: Path, change: Callable[[Path], object]) -> Path:
    """A copy of the checkout's notebooks and stack with something broken in it."""
    home = tmp_path / "home"
    for folder in ("notebooks", "stack"):
        shutil.copytree(ROOT / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__", ".build"))
    change(home / "stack")
    return home


def _drop_instance_class(stack: Path) -> None:
    path = stack / "Pulumi.staging.yaml"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "instanceClass" not in line))


def _drop_suffix(stack: Path) -> None:
    path = stack / "Pulumi.staging.yaml"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "migrationDate" not in line))


def _raise(stack: Path) -> None:
    path = stack / "__main__.py"
    path.write_text(path.read_text() + "\nraise RuntimeError('the program gave up')\n")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (_drop_instance_class, 2, "payments:instanceClass"),
        (_drop_suffix, 4, "migrationDate"),
        (_raise, 4, "the program gave up"),
    ],
)
def test_broken_stack_is_one_clear_error(
    tmp_path: Path, runbook: Runbook, change: Callable[[Path], object], code: int, said: str
) -> None:
    runbook.home = changed_home(tmp_path, change)
    exit_code, printed = runbook("rehearse")
    assert exit_code == code, printed
    assert said in printed
    run = runbook.run()
    assert list(run.ledger.events())[-1]["event"] == "run.stopped"
    nothing_left(runbook)


def interrupted_in_order(runbook: Runbook) -> None:
    run = runbook.run()
    events = list(run.ledger.events())
    assert events[-1]["event"] == "run.stopped"
    assert events[-1]["exit_code"] == 130
    assert events[-2]["event"] == "notebook.ended"
    assert events[-2]["state"] == State.INTERRUPTED
    assert any(event["event"] == "step.interrupted" for event in events)
    assert run.record("03_deploy", 1, ".ipynb").exists()
    left = StepResult.load(run.record("03_deploy", 1, ".json"))
    assert left.status is Status.FAIL
    assert "finished what was in flight" in left.findings[0].message
    assert 0 < len(left.data["done"]) < left.data["announced"] + 1
    nothing_left(runbook)


def test_interrupt_half_way_stops_in_order(runbook: Runbook) -> None:
    process = runbook.start("rehearse")
    runbook.wait_until_deploying()
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 130, printed
    interrupted_in_order(runbook)


def test_terminal_that_is_closed_stops_it_in_order(runbook: Runbook) -> None:
    """The whole foreground group is hung up, more than once, and nobody reads what it prints any more."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "runbook_lib", "rehearse"]
    process = subprocess.Popen(command, env=runbook.environment, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    runbook.wait_until_deploying()
    os.close(ours)
    for _ in range(2):
        os.killpg(process.pid, signal.SIGHUP)
    assert process.wait(timeout=120) == 130
    interrupted_in_order(runbook)


def test_emulator_that_dies_half_way_is_said_so(runbook: Runbook) -> None:
    process = runbook.start("rehearse")
    runbook.wait_until_deploying()
    emulators = saying("runbook_lib.rehearsal.launcher", psutil.Process(process.pid).children(recursive=True))
    assert emulators
    for emulator in emulators:
        emulator.kill()
    printed, _ = process.communicate(timeout=170)
    assert process.returncode == 4, printed
    assert "emulated AWS died" in printed
    assert runbook.run().record("03_deploy", 1, ".ipynb").exists()
    assert StepResult.load(runbook.run().record("03_deploy", 1, ".json")).data["done"]
    nothing_left(runbook)


def test_port_taken_is_one_clear_error(runbook: Runbook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, printed = runbook("rehearse", "--port", port)
    assert code == 2, printed
    assert f"port {port} " in printed
    assert "Traceback" not in printed
    nothing_left(runbook)


def test_killed_runbook_leaves_no_server(runbook: Runbook) -> None:
    process = runbook.start("rehearse")
    runbook.wait_for("notebook.started", step="02_plan")
    process.kill()
    process.communicate()
    nothing_left(runbook)
    assert list(runbook.run().ledger.events())[-1]["event"] != "run.finished"
    code, printed = runbook("status")
    assert code == 0
    assert "killed" in printed
