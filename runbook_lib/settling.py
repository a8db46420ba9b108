"""What a runner that was killed left behind is found by the next command: ended if it still works, and put on record."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from runbook_lib import filing
from runbook_lib.attempts import SAYS
from runbook_lib.canonical import file_sha256
from runbook_lib.errors import RecordError, UsageError
from runbook_lib.facts import operator
from runbook_lib.owners import Life, Owner, owner_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.attempts import Attempt
    from runbook_lib.run import Run

ATTEMPT_VARIABLE = "RUNBOOK_ATTEMPT"
"""Names run, step and attempt to whatever works for an attempt."""
KERNEL = "ipykernel_launcher"
ENDS_KERNELS = ("runbook_lib.kernel.orphan", "runbook_lib/kernel/guard.py")
"""The programs that end, in order, a kernel whose runner was killed."""
TEMPORARY = ".papermill-*"
"""What is about to replace a working notebook, beside it."""
POLL_SECONDS = 0.1
LAST_WORDS_SECONDS = 5.0
"""How long a kernel whose runner is gone has for recording that it was interrupted, once its work has ended."""


def token(run: str, step: str, attempt: int) -> str:
    """What ``ATTEMPT_VARIABLE`` holds for an attempt."""
    return f"{run}/{step}/{attempt}"


def settle(run: Run, *, grace: float, elsewhere: bool, tell: Callable[[str], None]) -> list[Attempt]:
    """End and put on record every attempt whose owner is gone.

    Args:
        run: The run.
        grace: Seconds that work which is still going on has for saving its state.
        elsewhere: Whether attempts that began on another machine are settled too: nobody can tell from here whether they are
            at work, so somebody has to know.
        tell: Called with a line that says what is being waited for.

    Returns:
        The attempts that were settled now.

    Raises:
        UsageError: An attempt is at work, or may be on another machine.
        RecordError: The ledger does not hold, or cannot be written.
    """
    left = [each for each in run.attempts() if each.ended is None]
    for attempt in left:
        life = attempt.life
        if life is Life.ALIVE or (life is Life.ELSEWHERE and not elsewhere):
            raise UsageError(
                f"Attempt {attempt.number} at {attempt.step} of run {run.facts.run} is at work: {attempt.owners[0]}, "
                f"since {attempt.events[0]['at']}.",
                remedy="Wait for its end, or end it."
                if life is Life.ALIVE
                else "Look there; only who knows that it has ended may go on.",
            )
    return [attempt for attempt in left if _settle(run, attempt, grace, tell)]


def _settle(run: Run, attempt: Attempt, grace: float, tell: Callable[[str], None]) -> bool:
    ended = _end_work(run, attempt, grace, tell)
    step, number = attempt.step, attempt.number
    with run.ledger.locked():
        if any(each.ended for each in run.attempts() if (each.step, each.number) == (step, number)):
            return False  # somebody else was faster
        unfiled = _file_notebook(run, step, number)
        run.ledger.append(
            "step.killed" if attempt.by_hand else "notebook.killed",
            step=step, attempt=number, settled_by=operator(), owner=Owner.me().model_dump(), life=attempt.life,
            processes_ended=ended, records=filing.records(run, step, number),
            **filing.begun_with(run, step, number), **({"unfiled": unfiled} if unfiled else {}),
        )  # fmt: skip
    return True


def _file_notebook(run: Run, step: str, attempt: int) -> dict[str, str]:
    """Move the working notebook into the record as it is: the states in it are what was last known.

    Returns:
        The digest of a working notebook that stays where it is, because the record has another one.
    """
    record = run.record(step, attempt, ".ipynb")
    working = run.directory / ".running" / record.name
    for unfinished in working.parent.glob(TEMPORARY):
        unfinished.unlink()  # its writing was cut short; the working notebook is whole
    if not working.exists():
        return {}
    if record.exists() and file_sha256(record) != file_sha256(working):
        return {working.relative_to(run.directory).as_posix(): file_sha256(working)}
    try:
        if not record.exists():
            os.link(working, record)  # fails if the name is taken meanwhile, and needs no room
        working.unlink()
    except OSError as error:
        raise RecordError(
            f"{working} cannot be moved to {record}: {error.strerror}.", remedy="Make the folder writable."
        ) from error
    return {}


def _end_work(run: Run, attempt: Attempt, grace: float, tell: Callable[[str], None]) -> list[str]:
    """Wait until what still works for the attempt has saved its state, and kill what has not ended then.

    It is asked to stop here only if nobody has asked it before: to Pulumi a second time means to give up at once.
    """
    found = at_work(run, attempt)
    if not found:
        return []
    names = [f"{process.pid} {_name(process)}" for process in found]
    tell(f"The runner of {attempt.step} was killed; waiting for what it left at work: {', '.join(names)}")
    asked, known = any(_says(process, *ENDS_KERNELS) for process in found), {owner.pid for owner in _kernels(attempt)}
    kernels = [process for process in found if process.pid in known or _says(process, KERNEL)]
    for process in () if asked else found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
    psutil.wait_procs(found if asked else [process for process in found if process not in kernels], timeout=grace)
    deadline = time.monotonic() + LAST_WORDS_SECONDS
    while _speechless(run, attempt) and any(_lives(process) for process in kernels) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)  # an interrupted kernel does not end, but it records what it was interrupted in
    for process in at_work(run, attempt):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return names


def _speechless(run: Run, attempt: Attempt) -> bool:
    """Whether the step has begun, and has not recorded an end yet."""
    events = [
        event for each in run.attempts() if (each.step, each.number) == (attempt.step, attempt.number) for event in each.events
    ]
    return any(event["event"] == "step.started" for event in events) and not any(event["event"] in SAYS for event in events)


def _says(process: psutil.Process, *names: str) -> bool:
    """Whether a process's command line names one of these programs."""
    try:
        return any(part.endswith(names) for part in process.cmdline())
    except psutil.Error:
        return False


def at_work(run: Run, attempt: Attempt) -> list[psutil.Process]:
    """The processes of this machine that work for an attempt whose owner is gone: they say so, or are in its kernel's group."""
    name = token(run.facts.run, attempt.step, attempt.number)
    groups = {owner.group for owner in _kernels(attempt)}
    me = psutil.Process()
    ours = {me.pid, *(parent.pid for parent in me.parents())}
    return [process for process in psutil.process_iter() if process.pid not in ours and _works(process, name, groups)]


def _kernels(attempt: Attempt) -> list[Owner]:
    """The processes that ran the step and lead a group of their own, as kernels do, and whose group can only be theirs still."""
    began = [owner for event in attempt.events if event["event"] == "step.started" and (owner := owner_of(event))]
    leaders = [each for each in began if each.group == each.pid]
    return [each for each in leaders if each.life() is Life.ALIVE or (each.life() is Life.GONE and not _taken(each))]


def _taken(owner: Owner) -> bool:
    """Whether its number is another process's by now; as long as its group has a member, the system gives it to nobody."""
    return owner.boot != Owner.me().boot or psutil.pid_exists(owner.pid)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _works(process: psutil.Process, name: str, groups: set[int]) -> bool:
    try:
        if not _lives(process):
            return False
        return os.getpgid(process.pid) in groups or process.environ().get(ATTEMPT_VARIABLE) == name
    except (psutil.Error, ProcessLookupError):  # ended meanwhile, or somebody else's
        return False


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return ""
