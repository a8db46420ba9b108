"""What a forked process is like, value by value, beside one that was started the ordinary way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from integration.waiting import until

from runbook_lib import forked, forking
from runbook_lib.rehearsal import nursery as nurseries

if TYPE_CHECKING:
    from pathlib import Path

CLIENT = [sys.executable, "-I", "-S", forking.__file__]
VALUES = """
import decimal, faulthandler, json, locale, os, resource, signal, socket, sys, tempfile, threading, time

def stream(each):
    return [each.name, each.mode, each.encoding, each.errors, each.newlines, each.line_buffering, each.write_through,
            each.fileno(), each.isatty(), type(each).__name__, type(each.buffer).__name__, each.buffer.mode, each.closed]

def status(name):
    return [line for line in open("/proc/self/status") if line.startswith(name)]

print(json.dumps({
    "argv": sys.argv, "orig_argv": sys.orig_argv, "executable": sys.executable, "flags": repr(sys.flags), "path": sys.path,
    "options": [sys._xoptions, sys.warnoptions], "prefix": [sys.prefix, sys.base_prefix],
    "environment": {key: value for key, value in os.environ.items() if key != "RUNBOOK_REHEARSAL_NURSERY"}, "folder": os.getcwd(),
    "zone": [time.tzname, time.timezone, time.daylight, time.localtime(0)[:9]], "umask": status("Umask"),
    "streams": [stream(each) for each in (sys.stdin, sys.stdout, sys.stderr)],
    "same": [sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__],
    "encodings": [sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getdefaultencoding(), locale.getencoding(),
                  locale.setlocale(locale.LC_ALL)],
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
    "nice": os.nice(0), "processors": sorted(os.sched_getaffinity(0)), "user": [os.getresuid(), os.getresgid(), os.getgroups()],
    "capabilities": status("Cap"), "signals": [status("SigIgn"), status("SigBlk"), status("SigCgt"), status("ShdPnd")],
    "handlers": {int(each): str(signal.getsignal(each)) for each in signal.valid_signals()},
    "wakeup": signal.set_wakeup_fd(-1), "timer": signal.getitimer(signal.ITIMER_REAL),
    "open": {name: os.readlink(f"/proc/self/fd/{name}").split(":")[0] for name in sorted(os.listdir("/proc/self/fd"))[:3]},
    "descriptors": len(os.listdir("/proc/self/fd")), "threads": [threading.active_count(), threading.current_thread().name],
    "temporary": tempfile.gettempdir(), "recursion": sys.getrecursionlimit(), "decimal": repr(decimal.getcontext()),
    "timeout": socket.getdefaulttimeout(), "faults": faulthandler.is_enabled(), "name": __name__,
    "hooks": sys.excepthook.__name__,
    "main": sys.modules["__main__"].__dict__ is globals(), "trace": [sys.gettrace(), sys.getprofile()],
}))
sys.stderr.write("caf\\u00e9 \\udc80\\n")
"""
WAS_FORKED = "import sys; print('runbook_lib.rehearsal.nursery_child' in sys.modules)"
SEEDS = """
import random, secrets, uuid, numpy, multiprocessing, tempfile
print(*numpy.random.random(2), numpy.random.default_rng().random(), random.random(), secrets.token_hex(), uuid.uuid4(),
      uuid.uuid1(), multiprocessing.current_process().authkey.hex(), next(tempfile._get_candidate_names()), sep="\\n")
"""
BACKEND = """
import importlib.util, os, sys
assert importlib.util.find_spec("matplotlib")
os.environ.setdefault("MPLBACKEND", "pdf")
from matplotlib.figure import Figure
import matplotlib, matplotlib.pyplot
assert sys.modules["matplotlib"] is matplotlib and matplotlib.__spec__.loader.name == "matplotlib"
print(matplotlib.get_backend(), matplotlib.figure.Figure is Figure, len(matplotlib.rcParams),
      matplotlib.pyplot.rcParams is matplotlib.rcParams)
"""


def both(nursery: str, arguments: list[str], *, prefix: str = ":", **variables: str) -> list[subprocess.CompletedProcess[str]]:
    """Forked, and the ordinary way: with these variables, after these commands of the shell."""
    whole = ["sh", "-c", f'{prefix}; exec "$@"', "sh", *CLIENT, sys.executable, *arguments]
    return [
        subprocess.run(
            whole,
            env={**os.environ, forked.SOCKET_VARIABLE: where, **variables},
            cwd="/tmp",
            input="",
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        for where in (nursery, "")
    ]  # fmt: skip


def values(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What it says of itself; it was asked to write to its standard errors too."""
    assert (done.returncode, done.stderr) == (0, "café \\udc80\n")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def script(tmp_path: Path) -> str:
    (tmp_path / "tell.py").write_text(VALUES)
    return str(tmp_path / "tell.py")


@pytest.fixture
def warm(nursery: str, tmp_path: Path) -> str:
    """A nursery that has imported everything."""
    asleep = "'_Sleeping' in [type(each).__name__ for each in sys.meta_path]"
    (tmp_path / "ready.py").write_text(f"import sys; print('matplotlib' in sys.modules or {asleep})")
    until(lambda: both(nursery, [str(tmp_path / "ready.py")])[0].stdout == "True\n", "the nursery does not import matplotlib")
    return nursery


def was_forked(nursery: str, tmp_path: Path, *options: str, prefix: str = ":", **variables: str) -> bool:
    (tmp_path / "asked.py").write_text(WAS_FORKED)
    return both(nursery, [*options, str(tmp_path / "asked.py")], prefix=prefix, **variables)[0].stdout == "True\n"


FOLLOWED: dict[str, tuple[list[str], str, dict[str, str]]] = {
    "nothing": ([], ":", {}),
    "-u": (["-u"], ":", {}),
    "-P": (["-P"], ":", {}),
    "-u -P": (["-u", "-P"], ":", {}),
    "umask": ([], "umask 027", {}),
    "ignored signals": ([], "trap '' HUP INT USR1 TERM", {}),
    "zone": ([], ":", {"TZ": "Asia/Kolkata"}),
    "zone in words": ([], ":", {"TZ": "EST5EDT,M3.2.0,M11.1.0"}),
    "buffering": ([], ":", {"PYTHONUNBUFFERED": ""}),
    "no buffering": ([], ":", {"PYTHONUNBUFFERED": "1"}),
    "temporary folder": ([], ":", {"TMPDIR": "/var/tmp"}),
    "path": ([], ":", {"PYTHONPATH": "/one::two"}),
    "terminal": ([], ":", {"TERM": "xterm-color"}),
}


@pytest.mark.parametrize("case", FOLLOWED)
def test_what_a_child_follows(nursery: str, script: str, tmp_path: Path, case: str) -> None:
    options, prefix, variables = FOLLOWED[case]
    child, ordinary = both(nursery, [*options, script, "one", "two words"], prefix=prefix, **variables)
    assert values(child) == values(ordinary)
    assert was_forked(nursery, tmp_path, *options, prefix=prefix, **variables)


@pytest.mark.parametrize("options", [[], ["-P"]])
def test_a_module(nursery: str, script: str, tmp_path: Path, options: list[str]) -> None:
    child, ordinary = both(nursery, [*options, "-m", "tell", "one"], PYTHONPATH=str(tmp_path))
    assert values(child) == values(ordinary)
    assert values(child)["argv"] == [script, "one"]


STANDING: dict[str, tuple[list[str], str, dict[str, str]]] = {
    "limits": ([], "ulimit -n 100", {}),
    "nice": ([], "renice -n 5 $$ >/dev/null", {}),
    "processors": ([], "taskset -pc 0 $$ >/dev/null", {}),
    "home": ([], ":", {"HOME": "/nonexistent"}),
    "plots": ([], ":", {"MPLCONFIGDIR": "/var/tmp"}),
    "language": ([], ":", {"LC_ALL": "C"}),
    "encoding": ([], ":", {"PYTHONIOENCODING": "latin-1:replace"}),
    "hashes": ([], ":", {"PYTHONHASHSEED": "1"}),
    "an option": (["-O"], ":", {}),
}


@pytest.mark.parametrize("case", STANDING)
def test_what_it_cannot_follow_is_started_the_ordinary_way(warm: str, tmp_path: Path, case: str) -> None:
    options, prefix, variables = STANDING[case]
    assert was_forked(warm, tmp_path)
    assert not was_forked(warm, tmp_path, *options, prefix=prefix, **variables)


def test_no_two_children_draw_the_same_numbers(warm: str, tmp_path: Path) -> None:
    (tmp_path / "draw.py").write_text(SEEDS)
    one, two = (both(warm, [str(tmp_path / "draw.py")])[0].stdout.split() for _ in range(2))
    assert len(one) == len(two) == 9
    assert [left for left, right in zip(one, two, strict=True) if left == right] == []


@pytest.mark.parametrize("variables", [{}, {"MPLBACKEND": "svg"}])
def test_plots_are_drawn_as_the_process_says_when_it_imports_matplotlib(
    warm: str, tmp_path: Path, variables: dict[str, str]
) -> None:
    """A kernel says so after it has started, which is after the nursery has imported it."""
    (tmp_path / "draw.py").write_text(BACKEND)
    child, ordinary = both(warm, [str(tmp_path / "draw.py")], **variables)
    assert (child.stdout, child.stderr) == (ordinary.stdout, ordinary.stderr)
    assert child.stdout.split()[0] == variables.get("MPLBACKEND", "pdf")
    assert was_forked(warm, tmp_path, **variables)


def test_refuses_once_there_is_a_second_thread(tmp_path: Path) -> None:
    """A lock that it holds at that moment would be held in the child for ever."""
    path = tmp_path / "socket"
    program = f"""
import sys, threading, time
threading.Thread(target=time.sleep, args=[60], daemon=True).start()
sys.argv = ["nursery", {str(path)!r}]
from runbook_lib.rehearsal import nursery
nursery.main()
"""
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        until(path.exists, "the nursery did not start")
        assert not was_forked(str(path), tmp_path)
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(30)


def test_there_is_none_but_on_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert nurseries.start(tmp_path / "log") is None
    assert not (tmp_path / "log").exists()
