"""Runs for tests: begun here, with steps that ended as they are told."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from runbook_lib import filing
from runbook_lib.aws import Target
from runbook_lib.owners import Owner
from runbook_lib.results import Finding, Status, now
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def create(**facts: Any) -> Run:
    return Run.create(
        **{
            "environment": "staging", "rehearsal": True, "reason": "test", "caller": "nobody", "backend": "file:///x",
            "engine": EngineKind.EMBEDDED, "target": Target(region="us-east-1"), "parameters": {},
            "world": "test" if facts.get("rehearsal", True) else "", **facts,
        }
    )  # fmt: skip


def finding(status: Status) -> Finding:
    return Finding(check="a_check", requirement=(), status=status, resource="r", message="r is so.")


def finish(run: Run, step: str, status: Status = Status.PASS, **data: Any) -> Path:
    """A step by hand, from its beginning to its result."""
    return end(run, step, run.step_begins(step), status, **data)


def end(run: Run, step: str, attempt: int, status: Status = Status.PASS, **data: Any) -> Path:
    """The result of an attempt that has begun."""
    found = filing.result_of(
        run, step, attempt, started=now(), parameters={}, findings=(finding(status),), data={"digest": "d", **data}
    )
    return filing.file(run, found, "step.finished")


@contextlib.contextmanager
def enter(*_: Any, run: str, **__: Any) -> Iterator[tuple[None, Run]]:
    """In place of ``way_in.enter``, for steps by hand where nobody answers for AWS."""
    yield None, Run.find(run)


def dead() -> Owner:
    """A process that has been, and is no more."""
    done = subprocess.run(
        [sys.executable, "-c", "from runbook_lib.owners import Owner; print(Owner.me().model_dump_json())"],
        capture_output=True, check=True,
    )  # fmt: skip
    return Owner.model_validate_json(done.stdout)
