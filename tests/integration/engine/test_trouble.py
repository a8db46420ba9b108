"""What goes wrong, and what is left: failures, protection, interruption, locks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from integration.engine.bench import thing
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackAlreadyExistsError, StackNotFoundError
from pulumi.automation.errors import RuntimeError as ProgramRaisedError

if TYPE_CHECKING:
    from pathlib import Path

    from integration.engine.bench import Bench


def test_a_failing_create_keeps_the_rest(bench: Bench) -> None:
    """What was made before the failure is on record, and the next run goes on from there."""
    text = 'a = Thing("a", value="v"); b = Thing("b", value=a.echo, fail="{0}"); Thing("c", value=b.echo)'
    bench.program(text.format("create"))
    stack = bench.stack()
    with pytest.raises(CommandError, match="b was told to fail its create"):
        stack.up()
    assert thing("a") in bench.resources()
    assert thing("b") not in bench.resources()
    assert stack.history()[0].result == "failed"
    bench.program(text.format(""))
    summary = stack.up().summary
    assert summary.resource_changes == {"create": 2, "same": 2}
    assert summary.result == "succeeded"


def test_continue_on_error_makes_what_does_not_depend_on_the_failure(bench: Bench) -> None:
    """Independent things are made, dependents of the failure are not."""
    bench.program('a = Thing("a", value="v", fail="create"); Thing("b", value=a.echo); Thing("c", value="c", seconds=0.3)')
    with pytest.raises(CommandError):
        bench.stack().up(continue_on_error=True)
    assert bench.alive() == ["c"]
    assert thing("c") in bench.resources()


def test_a_program_that_raises(bench: Bench) -> None:
    """Its traceback is shown and the API's own error class recognises it; nothing is deleted."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    bench.program('raise ValueError("no such luck")')
    with pytest.raises(ProgramRaisedError, match="no such luck") as caught:
        stack.up()
    assert "Program failed with an unhandled exception" in str(caught.value)
    assert "__main__.py" in str(caught.value)
    assert bench.alive() == ["a"]


def test_a_check_names_the_property(bench: Bench) -> None:
    """An unknown property is refused with its name and the resource's."""
    bench.program('Thing("a", valeu="v")')
    with pytest.raises(CommandError, match=r"conformance:index:Thing resource 'a'.*property valeu value .* has a problem"):
        bench.stack().preview()


def test_protect(bench: Bench) -> None:
    """A protected thing is neither deleted nor replaced, and the message says how to go on."""
    bench.program('Thing("a", Opts(protect=True), value="v")')
    stack = bench.stack()
    stack.up()
    bench.program("")
    with pytest.raises(CommandError, match="protect"):
        stack.up()
    assert bench.alive() == ["a"]
    bench.program('Thing("a", Opts(protect=True), value="v", immutable="new")')
    with pytest.raises(CommandError, match="unable to replace resource"):
        stack.up()
    assert bench.alive() == ["a"]


def test_unknown_package(bench: Bench) -> None:
    """The message names the package."""
    bench.program('pulumi.CustomResource("atlantis:index:City", "city", {})')
    with pytest.raises(CommandError, match="atlantis"):
        bench.stack().preview()


def test_stacks_that_are_there_or_not(bench: Bench) -> None:
    """The API recognises both errors by their class."""
    stack = bench.stack()
    with pytest.raises(StackAlreadyExistsError):
        stack.workspace.create_stack("dev")
    with pytest.raises(StackNotFoundError):
        stack.workspace.select_stack("elsewhere")


def test_duplicate_names(bench: Bench) -> None:
    """Two resources of one name and type are refused."""
    bench.program('Thing("a", value=1); Thing("a", value=2)')
    with pytest.raises(CommandError, match="Duplicate resource URN"):
        bench.stack().preview()


def _lock(bench: Bench, pid: int) -> None:
    folder = bench.folder / "state/.pulumi/locks/organization/conf/dev"
    folder.mkdir(parents=True, exist_ok=True)
    content = {"pid": pid, "username": "someone", "hostname": os.uname().nodename, "timestamp": "2026-01-02T03:04:05Z"}
    (folder / "other.json").write_text(json.dumps(content))


def test_a_locked_stack(bench: Bench) -> None:
    """A lock stops an update with the API's own error; cancel removes it."""
    bench.program("")
    stack = bench.stack()
    _lock(bench, os.getpid())
    with pytest.raises(ConcurrentUpdateError, match="the stack is currently locked by 1 lock"):
        stack.up()
    stack.cancel()
    stack.up()


def test_a_stale_lock_says_so(embedded: Bench) -> None:
    """A lock whose process is gone is told apart, with the remedy."""
    embedded.program("")
    stack = embedded.stack()
    gone = subprocess.Popen(["true"])
    gone.wait()
    _lock(embedded, gone.pid)
    with pytest.raises(ConcurrentUpdateError, match=r"that process is gone.*pulumi cancel"):
        stack.up()


def _interrupted(bench: Bench, signals: int, kind: signal.Signals = signal.SIGINT) -> subprocess.Popen[str]:
    """Start an update of six slow things in a row, and interrupt it when the second has begun."""
    bench.program('last = ""\nfor i in range(6):\n    last = Thing(f"t{i}", value=last, seconds=1).echo')
    bench.stack()
    process = subprocess.Popen(
        [str(bench.root / "bin" / "pulumi"), "--non-interactive", "up", "--yes", "--skip-preview", "--stack", "dev"],
        cwd=bench.project,
        env={**os.environ, **bench.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    log = bench.things / "calls.log"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (log.exists() and "create start t1" in log.read_text()):
        time.sleep(0.05)
    for _ in range(signals):
        process.send_signal(kind)
        time.sleep(0.2)
    return process


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_one_interrupt_lets_running_steps_finish(bench: Bench, kind: signal.Signals) -> None:
    """What was begun is finished and on record, nothing more is begun, and the next run goes on."""
    process = _interrupted(bench, 1, kind)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0, output
    assert {"t0", "t1"} <= {urn.rsplit("::", 1)[1] for urn in bench.resources()}
    assert bench.alive() == ["t0", "t1"]
    assert not list((bench.folder / "state/.pulumi/locks").rglob("*.json"))
    assert bench.stack().up().summary.resource_changes == {"create": 4, "same": 3}


def test_two_interrupts_leave_a_pending_operation(embedded: Bench) -> None:
    """What was under way stays on record as such, and the next run says so."""
    process = _interrupted(embedded, 2)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0, output
    exported = embedded.stack().export_stack().deployment
    assert [item["type"] for item in exported["pending_operations"]] == ["creating"]
    assert exported["pending_operations"][0]["resource"]["urn"] == thing("t1")
    assert "1 pending operations from previous deployment" in embedded.stack().up().stdout


def _works_in(folder: Path, process: psutil.Process) -> bool:
    """Whose child it is does not tell: some are forked elsewhere."""
    try:
        return process.cwd() == str(folder)
    except psutil.Error:
        return False


def test_a_killed_engine_leaves_a_readable_record(embedded: Bench) -> None:
    """Even SIGKILL leaves whole JSON with everything done so far, and no child alive to go on behind our back."""
    process = _interrupted(embedded, 0)
    children = [each for each in psutil.process_iter() if each.pid != process.pid and _works_in(embedded.project, each)]
    assert len(children) >= 2, "the program and the plugin"
    process.kill()
    process.communicate(timeout=60)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert thing("t0") in embedded.resources()
    embedded.stack().cancel()
    assert embedded.stack().refresh(clear_pending_creates=True).summary.result == "succeeded"
