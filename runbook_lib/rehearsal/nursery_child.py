"""A process that the nursery forks: what is asked for, and becoming it."""

from __future__ import annotations

import array
import ast
import atexit
import ctypes
import io
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from runbook_lib.forking import RESTORED, standing
from runbook_lib.rehearsal import nursery_fresh
from runbook_lib.rehearsal.nursery_imports import GIVEN, LOOKED_AT, SOURCE

LONGEST_REQUEST = 1 << 20
STREAMS = 3
FLAGS = frozenset({"-u", "-P"})
"""Of the interpreter's options those that a child can follow."""
LOCALE = ("LANG", "LANGUAGE", "LC_")
"""The interpreter and the C library read these once; a child follows PYTHONPATH and PYTHONUNBUFFERED."""
FOLLOWED = frozenset({"PYTHONPATH", "PYTHONUNBUFFERED"})


@dataclass(frozen=True)
class Request:
    """What a caller wants to have started."""

    command: list[str]
    folder: str
    environment: dict[str, str]
    ignored: list[int]
    blocked: list[int]
    umask: int
    standing: dict[str, Any]

    @property
    def options(self) -> frozenset[str]:
        """The interpreter's own options, which come first."""
        return frozenset(self.command[1 : len(self.command) - len(self._rest)])

    @property
    def _rest(self) -> list[str]:
        rest = self.command[1:]
        while rest and rest[0] in FLAGS:
            rest = rest[1:]
        return rest

    @property
    def unbuffered(self) -> bool:
        """Whether standard output is written as it comes."""
        return "-u" in self.options or bool(self.environment.get("PYTHONUNBUFFERED"))

    def arguments(self) -> list[str]:
        """The command as arguments of the interpreter: a file or ``-m module``, and its own; empty if it is to be refused."""
        rest = self._rest
        same = Path(self.command[0]).parent.resolve() == Path(sys.executable).parent.resolve()
        other = any(self.environment.get(name) != GIVEN.get(name) for name in self._read_once())
        unknown = bool(rest) and rest[0].startswith("-") and rest[0] != "-m"
        return rest if same and self.standing == standing() and not other and not unknown else []

    def _read_once(self) -> set[str]:
        """The variables that are read once: by the interpreter as it starts, by libraries as they are imported."""
        every = self.environment.keys() | GIVEN.keys()
        return LOOKED_AT | {name for name in every if name.startswith(("PYTHON", *LOCALE)) and name not in FOLLOWED}


def receive(connection: socket.socket) -> tuple[Request | None, list[int]]:
    """Read a request and the descriptors of the standard streams; no request if the caller is gone."""
    content, descriptors = b"", array.array("i")
    while not content.endswith(b"\n"):
        part, ancillary, _, _ = connection.recvmsg(LONGEST_REQUEST, socket.CMSG_SPACE(STREAMS * descriptors.itemsize))
        for _, kind, given in ancillary:
            if kind == socket.SCM_RIGHTS:
                descriptors.frombytes(given)
        if not part:
            return None, list(descriptors)
        content += part
    return Request(**ast.literal_eval(content.decode())), list(descriptors)


def become(request: Request, streams: list[int]) -> None:
    """Take over session, signals, umask, streams, folder and environment from the request; the mask of signals comes last."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, *RESTORED}:
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN if number in request.ignored else usual)
    os.setsid()
    os.umask(request.umask)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    for target, name in enumerate(("stdin", "stdout", "stderr")):
        made = _stream(target, name, unbuffered=request.unbuffered)
        setattr(sys, name, made)
        setattr(sys, f"__{name}__", made)
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    given = os.environ.get("PYTHONPATH")
    named = [str(Path(folder).absolute()) for folder in given.split(os.pathsep)] if given else []
    sys.path[:] = dict.fromkeys([*named, *(folder for folder in sys.path if folder != str(SOURCE))])
    sys.orig_argv[:] = request.command
    sys.executable = str(Path(request.command[0]).absolute())
    _set_safe_path(on="-P" in request.options)
    nursery_fresh.freshen()


def _stream(number: int, name: str, *, unbuffered: bool) -> io.TextIOWrapper:
    """A standard stream as the interpreter makes it (``create_stdio`` in its ``pylifecycle.c``)."""
    before: io.TextIOWrapper = getattr(sys, name)
    mode, direct = "r" if number == 0 else "w", unbuffered and number != 0
    buffer: Any = open(number, f"{mode}b", buffering=0 if direct else -1, closefd=False)  # noqa: SIM115 - it stays open
    raw = buffer if direct else buffer.raw
    raw.name = f"<{name}>"
    line_buffering = not direct and (raw.isatty() or name == "stderr")
    stream = io.TextIOWrapper(
        buffer, before.encoding, before.errors, newline="\n", line_buffering=line_buffering, write_through=unbuffered
    )
    stream.mode = mode  # type: ignore[misc]
    return stream


def _set_safe_path(*, on: bool) -> None:
    """Have ``sys.flags`` say what the command line says; it is read-only for all but the interpreter."""
    value = ctypes.py_object(on)
    ctypes.pythonapi.Py_IncRef(value)
    place = sys.flags.__match_args__.index("safe_path")
    ctypes.pythonapi.PyStructSequence_SetItem(ctypes.py_object(sys.flags), ctypes.c_ssize_t(place), value)


def run(arguments: list[str]) -> NoReturn:
    """Run a file or ``-m module`` to its end, and end as the interpreter does, but without taking apart what was shared."""
    code = _run(arguments)
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - waits for threads, as multiprocessing does
    atexit._run_exitfuncs()  # noqa: SLF001 - the interpreter's own end would, and would then free every module
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    try:
        if arguments[0] == "-m":
            if not sys.flags.safe_path:
                sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as the interpreter does
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            if not sys.flags.safe_path:
                sys.path.insert(0, str(Path(arguments[0]).resolve().parent))  # as the interpreter does
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)  # noqa: T201 - as the interpreter does
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter itself does at its top
        traceback.print_exc()
        return 1
    return 0
