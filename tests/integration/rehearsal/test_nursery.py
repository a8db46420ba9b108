"""The nursery forks processes that differ in nothing but their start from those started the ordinary way."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from integration.waiting import until
from processes import at_work

from runbook_lib import forked, forking
from runbook_lib.rehearsal import nursery as nurseries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLIENT = [sys.executable, "-I", "-S", forking.__file__]
TELL = """
import atexit, json, os, signal, sys, threading, time
atexit.register(print, "at exit")
threading.Thread(target=lambda: (time.sleep(0.2), print("thread"))).start()
print(json.dumps({"arguments": sys.argv, "folder": os.getcwd(), "environment": dict(os.environ), "input": sys.stdin.read(),
                  "first": sys.path[0], "leads": os.getpgrp() == os.getpid(), "open": sorted(os.listdir("/proc/self/fd"))[:-1],
                  "signals": {int(each): str(signal.getsignal(each)) for each in signal.valid_signals()}}))
print("to stderr", file=sys.stderr)
sys.exit(7)
"""
WAS_FORKED = "import sys; print('runbook_lib.rehearsal.nursery_child' in sys.modules)"
WAIT = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)"
LISTEN = f"import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(3)); {WAIT}"


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "script.py").write_text(text)
        return str(tmp_path / "script.py")

    return write


def run(command: Sequence[str], nursery: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, forked.SOCKET_VARIABLE: nursery, **variables}
    ignoring = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"]  # as under nohup
    whole = [*ignoring, *CLIENT, *command]
    return subprocess.run(
        whole, env=environment, cwd="/tmp", input="said", capture_output=True, text=True, check=False, timeout=60
    )


def begin(command: Sequence[str], nursery: str, told: Path) -> tuple[subprocess.Popen[bytes], psutil.Process]:
    """The client, and the process that wrote its id."""
    client = subprocess.Popen([*CLIENT, *command, str(told)], env={**os.environ, forked.SOCKET_VARIABLE: nursery})
    until(lambda: told.exists() and told.read_text(), "it did not start")
    return client, psutil.Process(int(told.read_text()))


def wait_until_gone(process: psutil.Process) -> None:
    until(lambda: not at_work(process), f"{process} is still there")


def test_same_as_an_ordinary_process(nursery: str, script: Callable[[str], str]) -> None:
    file = script(TELL)
    command = [sys.executable, "-u", file, "one", "two words"]
    ours, ordinary = (
        run(command, nursery, SAID="yes", PYTHONPATH="/one:/two"),
        run(command, "", SAID="yes", PYTHONPATH="/one:/two"),
    )
    assert (ours.returncode, ours.stderr) == (ordinary.returncode, ordinary.stderr) == (7, "to stderr\n")
    (told, *rest), (expected, *as_rest) = ours.stdout.splitlines(), ordinary.stdout.splitlines()
    assert rest == as_rest == ["thread", "at exit"]
    found: dict[str, Any] = json.loads(told)
    assert found.pop("leads")  # who starts it may signal it with all that it starts; as one does of its own a session leader's
    wanted = json.loads(expected)
    assert not wanted.pop("leads")
    for each in (found, wanted):
        each["environment"].pop(forked.SOCKET_VARIABLE)
    assert found == wanted
    assert found["arguments"] == [file, "one", "two words"]


def test_is_forked(nursery: str, script: Callable[[str], str]) -> None:
    assert run([sys.executable, script(WAS_FORKED)], nursery).stdout == "True\n"


@pytest.mark.parametrize("variables", [{"PYTHONHASHSEED": "1"}, {forked.SOCKET_VARIABLE: "/nowhere"}])
def test_what_it_cannot_do_is_done_the_ordinary_way(
    nursery: str, script: Callable[[str], str], variables: dict[str, str]
) -> None:
    assert run([sys.executable, script(WAS_FORKED)], nursery, **variables).stdout == "False\n"


@pytest.mark.parametrize("command", [["/bin/echo"], [sys.executable, "-c", "import sys; print(*sys.argv[1:])"]])
def test_another_command_is_started_the_ordinary_way(nursery: str, command: list[str]) -> None:
    assert run([*command, "words"], nursery).stdout == "words\n"


def test_another_plugin_of_the_same_name_is_that_plugin(nursery: str, tmp_path: Path) -> None:
    plugin = tmp_path / "pulumi-resource-aws"
    plugin.write_text("#!/bin/sh\necho words\n")
    plugin.chmod(0o755)
    assert run([str(plugin)], nursery).stdout == "words\n"


def test_uncaught_error_and_message_of_exit(nursery: str, script: Callable[[str], str]) -> None:
    failed = run([sys.executable, script("raise ValueError('boom')")], nursery)
    assert failed.returncode == 1
    assert failed.stderr.endswith("ValueError: boom\n")
    said = run([sys.executable, script("import sys; sys.exit('in words')")], nursery)
    assert (said.returncode, said.stderr) == (1, "in words\n")


def test_signals_reach_the_child_and_its_end_the_caller(nursery: str, script: Callable[[str], str], tmp_path: Path) -> None:
    client, child = begin([sys.executable, script(LISTEN)], nursery, tmp_path / "pid")
    assert child.pid != client.pid
    client.send_signal(signal.SIGTERM)
    assert client.wait(30) == 3
    wait_until_gone(child)


def test_a_signal_that_comes_at_once_ends_that_child_alone(
    nursery: str, script: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that is still about to become itself has the nursery's own idea of what to do when it is told to end."""
    monkeypatch.setenv(forked.SOCKET_VARIABLE, nursery)
    other, child = begin([sys.executable, script(WAIT)], nursery, tmp_path / "pid")
    for _ in range(50):
        brief = forked.fork_piped([sys.executable, script(WAIT), "/dev/null"], folder="/tmp", environment=os.environ, talk=False)
        assert brief
        brief.terminate()
        assert brief.wait(30) == -signal.SIGTERM
    assert other.poll() is None
    assert child.status() != psutil.STATUS_ZOMBIE
    other.kill()
    other.wait(30)


def test_child_that_was_killed(nursery: str, script: Callable[[str], str], tmp_path: Path) -> None:
    client, child = begin([sys.executable, script(WAIT)], nursery, tmp_path / "pid")
    child.kill()
    assert client.wait(30) == -signal.SIGKILL


def test_child_ends_with_its_caller(nursery: str, script: Callable[[str], str], tmp_path: Path) -> None:
    client, child = begin([sys.executable, script(WAIT)], nursery, tmp_path / "pid")
    client.kill()
    client.wait(30)
    wait_until_gone(child)


def test_children_end_with_the_nursery(script: Callable[[str], str], tmp_path: Path) -> None:
    started = nurseries.start(tmp_path / "log")
    assert started
    path, process = started
    until(path.exists, "the nursery did not start")
    client, child = begin([sys.executable, script(WAIT)], str(path), tmp_path / "pid")
    process.stop()
    assert client.wait(30) == -signal.SIGKILL
    wait_until_gone(child)
    assert not path.parent.exists()


def test_refuses_once_the_code_has_changed(script: Callable[[str], str], tmp_path: Path) -> None:
    """With a world that is kept, the next run would execute code that is no longer there."""
    package = tmp_path / "runbook_lib"
    shutil.copytree(Path(forked.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    path, ask = tmp_path / "socket", [sys.executable, script(WAS_FORKED)]
    nursery = subprocess.Popen(
        [sys.executable, "-P", "-m", "runbook_lib.rehearsal.nursery", path], env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
    try:
        until(path.exists, "the nursery did not start")
        assert nursery.poll() is None
        assert run(ask, str(path)).stdout == "True\n"
        with (package / "rehearsal" / "guard.py").open("a") as file:
            file.write("\n")
        assert run(ask, str(path)).stdout == "False\n"
    finally:
        nursery.terminate()
        nursery.wait(30)


def test_nothing_that_is_imported_starts_a_thread() -> None:
    """A process with threads must not fork: a lock that another thread held would be held for ever."""
    look = "import os; list(import_all()); print(len(os.listdir('/proc/self/task')))"
    look = f"from runbook_lib.rehearsal.nursery_imports import import_all; {look}"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.mark.parametrize(("name", "needs"), [("ipykernel_launcher", "pandas.io.formats.style"), ("program", "pulumi_aws.ec2")])
def test_a_process_waits_for_what_it_needs(tmp_path: Path, name: str, needs: str) -> None:
    """It would import it itself, beside the nursery that does: the first kernels did."""
    (tmp_path / f"{name}.py").write_text(f"import sys; print({needs!r} in sys.modules)")
    started = nurseries.start(tmp_path / "log")
    if started is None:
        pytest.skip("NOT RUN: there is a nursery on Linux alone")
    path, process = started
    try:
        until(path.exists, "the nursery did not start")
        assert run([sys.executable, str(tmp_path / f"{name}.py")], str(path)).stdout == "True\n"
    finally:
        process.stop()


def test_callers_that_are_gone_before_their_answer_end_nobody_else(tmp_path: Path) -> None:
    """The nursery is at its imports when they ask, and they are killed before it looks up: it forks for others all the same."""
    started = nurseries.start(tmp_path / "log")
    if started is None:
        pytest.skip("NOT RUN: there is a nursery on Linux alone")
    path, process = started
    (tmp_path / "program.py").write_text(WAS_FORKED)
    command = [sys.executable, str(tmp_path / "program.py")]
    try:
        until(path.exists, "the nursery did not start")
        for _ in range(3):
            gone = subprocess.Popen([*CLIENT, *command], env={**os.environ, forked.SOCKET_VARIABLE: str(path)})
            until(lambda pid=gone.pid: _connected(pid), "nobody asked")
            gone.kill()
            gone.wait()
        assert run(command, str(path)).stdout == "True\n"
        assert process.alive()
    finally:
        process.stop()


def _connected(pid: int) -> bool:
    return any(link.startswith("socket:") for link in map(_link, Path(f"/proc/{pid}/fd").iterdir()))


def _link(path: Path) -> str:
    with contextlib.suppress(OSError):
        return str(path.readlink())
    return ""
