"""One run of the runbook: its folder, its facts, and which attempt at a step is which.

``outputs/<environment>/<run id>/`` holds ``run.json`` (who, why, with what), ``ledger.jsonl``, and per step and attempt
an executed notebook and a typed result. Rehearsals go to ``outputs/rehearsal/``: nobody may take one for the real thing.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
import secrets
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from runbook_lib import files, settings
from runbook_lib.aws import Target
from runbook_lib.errors import RecordError, UsageError
from runbook_lib.ledger import Ledger
from runbook_lib.redaction import redact_json
from runbook_lib.results import Status, StepResult, now
from runbook_lib.settings import EngineKind

TOOLS = ("boto3", "ipykernel", "nbclient", "pandas", "papermill", "pulumi", "pulumi-aws", "pydantic")
REHEARSALS = "rehearsal"
"""The folder under ``outputs/`` that rehearsals go to."""
ATTEMPT_VARIABLE = "RUNBOOK_ATTEMPT"


class RunFacts(BaseModel):
    """``run.json``: what is known before the first step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    environment: str
    rehearsal: bool
    reason: str
    operator: str
    """User and host that started the run."""
    caller: str
    """The ARN that AWS (or the emulator) knows the caller by."""
    started: AwareDatetime
    engine: EngineKind
    target: Target
    backend: str
    """The Pulumi backend's URL."""
    commit: str
    """The git commit of the checkout, ``-dirty`` appended when files differ from it; empty outside git."""
    versions: dict[str, str]
    parameters: dict[str, dict[str, Any]]
    """What was given per step, over the defaults."""


class Run:
    """A run's folder and what is in it."""

    def __init__(self, directory: Path, facts: RunFacts) -> None:
        self.directory = directory
        self.facts = facts
        self.ledger = Ledger(directory / "ledger.jsonl")

    @classmethod
    def create(cls, *, environment: str, rehearsal: bool, **facts: Any) -> Run:
        """Make a new run's folder with its ``run.json``; other keywords are fields of ``RunFacts``."""
        run_id = f"{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        directory = settings.outputs() / (REHEARSALS if rehearsal else environment) / run_id
        known = RunFacts(
            run=run_id,
            environment=environment,
            rehearsal=rehearsal,
            operator=f"{_user()}@{platform.node()}",
            started=now(),
            commit=_commit(),
            versions={"python": platform.python_version(), **{tool: version(tool) for tool in TOOLS}},
            **facts,
        )
        try:
            directory.mkdir(parents=True)
        except OSError as error:
            raise UsageError(
                f"{directory} cannot be made: {error.strerror}.", remedy=f"Set {settings.OUTPUTS_VARIABLE} to a folder of yours."
            ) from error
        files.write_once(directory / "run.json", (redact_json(known.model_dump_json(indent=2)) + "\n").encode())
        run = cls(directory, known)
        run.ledger.append("run.started", run=run_id, environment=environment, rehearsal=rehearsal)
        return run

    @classmethod
    def open(cls, directory: Path) -> Run:
        """The run in ``directory``.

        Raises:
            RecordError: There is no readable ``run.json``.
        """
        return cls(directory, files.load_record(directory / "run.json", RunFacts.model_validate_json))

    @classmethod
    def find(cls, run_id: str) -> Run:
        """The run of that id, in whichever environment.

        Raises:
            UsageError: There is none.
            RecordError: Its ``run.json`` cannot be read.
        """
        # Compared, not searched for by pattern: an id comes from the command line.
        for directory in settings.outputs().glob("*/*"):
            if directory.name == run_id:
                return cls.open(directory)
        raise UsageError(f"There is no run {run_id!r} under {settings.outputs()}.", remedy="runbook status lists them.")

    @classmethod
    def all(cls) -> tuple[list[Run], list[RecordError]]:
        """Every run, newest first, and why each that is left out cannot be read: one bad record must not hide the good ones."""
        runs: list[Run] = []
        unreadable: list[RecordError] = []
        for path in sorted(settings.outputs().glob("*/*/run.json"), key=lambda path: path.parent.name, reverse=True):
            try:
                runs.append(cls.open(path.parent))
            except RecordError as error:
                unreadable.append(error)
        return runs, unreadable

    @property
    def working(self) -> Path:
        """Where notebooks and logs are kept while a step runs; what a crash leaves behind is found here."""
        path = self.directory / ".running"
        path.mkdir(exist_ok=True)
        return path

    @property
    def workspace(self) -> Path:
        """The Pulumi project and stack configuration as this run uses them."""
        return self.directory / "workspace"

    def record(self, step: str, attempt: int, suffix: str) -> Path:
        """The file of one attempt: ``02_plan.json``, then ``02_plan.2.json``."""
        return self.directory / f"{step}{'' if attempt == 1 else f'.{attempt}'}{suffix}"

    def next_attempt(self, step: str) -> int:
        """The number of the attempt that begins now: the runner's, or one past those on record."""
        if given := os.environ.get(ATTEMPT_VARIABLE):
            return int(given)
        return max((attempt for attempt, _ in self._attempts(step)), default=0) + 1

    def result(self, step: str) -> StepResult | None:
        """The result of the latest attempt at ``step``, or ``None`` when that attempt left none."""
        attempts = self._attempts(step)
        if not attempts:
            return None
        path = self.record(step, max(attempt for attempt, _ in attempts), ".json")
        return StepResult.load(path) if path.exists() else None

    def passed(self, step: str) -> StepResult:
        """The latest result of ``step``, which must have passed.

        Raises:
            UsageError: It has not run, has left no result, or did not pass.
        """
        result = self.result(step)
        if result is None or result.status is not Status.PASS:
            state = "has no result" if result is None else f"is {result.status}"
            raise UsageError(f"{step} {state} in run {self.facts.run}.", remedy=f"Run {step} first.")
        return result

    def _attempts(self, step: str) -> list[tuple[int, Path]]:
        pattern = re.compile(re.escape(step) + r"(?:\.(\d+))?\.(?:ipynb|json)")
        folders = (self.directory, self.directory / ".running")
        names = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
        return [(int(match[1] or 1), path) for path in names if (match := pattern.fullmatch(path.name))]


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, for an error's text."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}.") from error


def _user() -> str:
    """Who runs this; a container may have a user without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # by Python version
        return f"uid {os.getuid()}"


def _commit() -> str:
    def git(*arguments: str) -> str:
        try:
            done = subprocess.run(["git", "-C", str(settings.home()), *arguments], capture_output=True, text=True, check=False)
        except OSError:  # no git on this machine, so nothing is known
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "HEAD")
    return f"{head}-dirty" if head and git("status", "--porcelain") else head


def facts_json(facts: RunFacts) -> str:
    """``run.json`` on one line, for ``--json`` output."""
    return json.dumps(facts.model_dump(mode="json"), sort_keys=True)
