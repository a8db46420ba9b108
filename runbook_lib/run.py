"""One run of the runbook: its folder, its facts, its attempts at steps, and what they left.

``outputs/<environment>/<run id>/`` holds ``run.json`` (who, why, with what), ``ledger.jsonl``, and per step and attempt
an executed notebook and a typed result. Rehearsals go to ``outputs/rehearsal/``: nobody may take one for the real thing.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib import checkout, files, filing, folders, settings, settling
from runbook_lib.attempts import Attempt, attempts, latest
from runbook_lib.aws import Aws
from runbook_lib.canonical import file_sha256
from runbook_lib.errors import RecordError, UsageError
from runbook_lib.facts import RunFacts, operator, versions
from runbook_lib.folders import FACTS, REHEARSALS
from runbook_lib.ledger import Ledger
from runbook_lib.owners import Owner
from runbook_lib.results import Status, StepResult, now
from runbook_lib.settling import ATTEMPT_VARIABLE, token

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ATTEMPT_VARIABLE", "Run", "RunFacts", "tail"]


class Run:
    """A run's folder and what is in it."""

    def __init__(self, directory: Path, facts: RunFacts) -> None:
        self.directory = directory
        self.facts = facts
        self.ledger = Ledger(directory / "ledger.jsonl")

    @classmethod
    def create(cls, *, environment: str, rehearsal: bool, **facts: Any) -> Run:
        """Make a new run's folder with its ``run.json``; other keywords are fields of ``RunFacts``.

        Raises:
            UsageError: It is a rehearsal's and does not say which: no step could ever reach it again.
        """
        if rehearsal and not facts.get("world"):
            raise UsageError("A rehearsal's run has to name its rehearsal (world).", remedy="Pass the world's state.name.")
        run_id, directory = folders.claim(settings.outputs() / (REHEARSALS if rehearsal else environment))
        known = RunFacts(
            run=run_id, environment=environment, rehearsal=rehearsal, operator=operator(), started=now(),
            versions=versions(facts["engine"], facts["target"]), **{**checkout.code(), **facts},
        ).redacted()  # fmt: skip
        files.write_once(directory / FACTS, (known.model_dump_json(indent=2) + "\n").encode())
        run = cls(directory, known)
        run.ledger.append(
            "run.started", run=run_id, environment=environment, rehearsal=rehearsal,
            records={FACTS: file_sha256(directory / FACTS)}, owner=Owner.me().model_dump(),
        )  # fmt: skip
        return run

    @classmethod
    def open(cls, directory: Path) -> Run:
        """The run in ``directory``.

        Raises:
            RecordError: There is no readable ``run.json``, or not the one that the ledger begins with.
        """
        run = cls(directory, files.load_record(directory / FACTS, RunFacts.model_validate_json))
        first = next(iter(run.ledger.account().events), {})
        bound = first.get("records", {}).get(FACTS)
        if bound is not None and bound != file_sha256(directory / FACTS):
            raise RecordError(
                f"{directory / FACTS} is not the one that the ledger begins with (SHA-256 {bound}).",
                remedy="It was changed after the run began. Find the file that was recorded, or start a new run.",
            )
        return run

    @classmethod
    def find(cls, run_id: str) -> Run:
        """The run of that id, in whichever environment.

        Raises:
            UsageError: There is none.
            RecordError: Its ``run.json`` cannot be read.
        """
        return cls.open(folders.find(run_id))

    @classmethod
    def all(cls) -> list[Run]:
        """Every run that can be read, newest first; ``catalogue.all_runs`` names the others."""
        runs: list[Run] = []
        for directory in folders.every():
            with suppress(RecordError):
                runs.append(cls.open(directory))
        return runs

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

    def attempts(self) -> list[Attempt]:
        """Every attempt at every step, in the order in which they began.

        Raises:
            RecordError: The ledger does not hold.
        """
        return attempts(self.ledger.events())

    def latest(self, step: str) -> Attempt | None:
        """The latest attempt at ``step``."""
        return latest(self.ledger.events(), step)

    def begin(self, step: str, event: str = "step.started", **facts: Any) -> int:
        """Begin an attempt at ``step``, on record before this returns, and count it; other keywords are facts of the event.

        Raises:
            RecordError: The ledger does not hold, or cannot be written.
        """
        owner = Owner.me().model_dump()
        return self.ledger.begin(event, step, floor=self._on_disk(step), owner=owner, code=checkout.code(), **facts)

    def step_begins(self, step: str) -> int:
        """The step itself begins: as the attempt that the runner has begun for this process, else by hand as a new one.

        Raises:
            RecordError: The runner's attempt has had its step already: a notebook calls its step once.
        """
        with self.ledger.locked():
            given = os.environ.get(ATTEMPT_VARIABLE, "")
            for attempt in self.attempts():
                if given != token(self.facts.run, step, attempt.number) or attempt.step != step or attempt.ended:
                    continue
                if any(event["event"] == "step.started" for event in attempt.events):
                    raise RecordError(
                        f"{step} has begun already as attempt {attempt.number}.",
                        remedy="A notebook calls its step once; run it again.",
                    )
                self.ledger.append("step.started", step=step, attempt=attempt.number, owner=Owner.me().model_dump())
                return attempt.number
            return self.begin(step)

    def next_attempt(self, step: str) -> int:
        """The number of the attempt at ``step`` that is at work; where none is, of the one that would begin next."""
        found = self.latest(step)
        if found and found.ended is None:
            return found.number
        return max(self._on_disk(step), found.number if found else 0) + 1

    def result(self, step: str) -> StepResult | None:
        """The result of the latest attempt at ``step``, or ``None`` when that attempt left none.

        Raises:
            RecordError: The ledger does not hold, or what is on the disk is not what it binds.
        """
        return filing.read_result(self, step, self.latest(step))

    def passed(self, step: str) -> StepResult:
        """The latest result of ``step``, which must have passed: its notebook, where a runner executed it, and its result say so.

        Raises:
            UsageError: It has not run, is at work, was killed, has left no result, or did not pass.
            RecordError: As ``result``.
        """
        attempt, result = self.latest(step), self.result(step)
        if result is not None and attempt is not None and attempt.status is Status.PASS and result.status is Status.PASS:
            return result
        state = "has no result" if result is None else f"is {result.status}"
        if attempt is not None and (attempt.ended is None or attempt.killed):
            state = "was killed" if attempt.killed else "has not ended"
        elif attempt is not None and result is not None and result.status is Status.PASS:
            state = f"left a result that says PASS, but its notebook ended {(attempt.ended or {}).get('state')}"
        raise UsageError(f"{step} {state} in run {self.facts.run}.", remedy=f"Run {step} first.")

    def settle(self, *, elsewhere: bool = False, tell: Callable[[str], None] = lambda _: None) -> list[Attempt]:
        """End and put on record what a killed runner left; see ``settling.settle``."""
        grace = 60.0 if self.facts.target.emulated else 3600.0
        return settling.settle(self, grace=grace, elsewhere=elsewhere, tell=tell)

    def continued(self, reason: str, caller: str | None = None) -> None:
        """Put on record who goes on with the run, as whom, why, and with what.

        Args:
            reason: Why, in the operator's words.
            caller: The ARN that AWS knows the caller by; asked for if not given.

        Raises:
            TargetError: AWS does not know us.
        """
        self.ledger.append(
            "run.continued", operator=operator(), caller=caller or Aws(self.facts.target).identity(), reason=reason,
            code=checkout.code(), versions=versions(self.facts.engine, self.facts.target), owner=Owner.me().model_dump(),
        )  # fmt: skip

    def _on_disk(self, step: str) -> int:
        """The highest attempt of which there is a file: a ledger that lost its end must not give a number again."""
        pattern = re.compile(re.escape(step) + r"(?:\.(\d+))?\.(?:ipynb|json)")
        folders = (self.directory, self.directory / ".running")
        names = [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]
        return max((int(match[1] or 1) for name in names if (match := pattern.fullmatch(name))), default=0)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, for an error's text."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}.") from error
