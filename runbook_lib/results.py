"""A step's typed result: the findings, the verdict over them, and the file they are kept in.

A step passed only if its result file says PASS. The verdict is computed from the findings, never given,
and no findings at all is FAIL: a step that looked at nothing has shown nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, computed_field, field_validator

from runbook_lib import canonical, files
from runbook_lib.errors import GateError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Requirement = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d+$")]
"""A row of the stack's requirements, e.g. ``N1``."""


class Status(StrEnum):
    """The three outcomes; UNKNOWN (no data, an API error) never passes a gate."""

    PASS = "PASS"  # noqa: S105 - an outcome, not a password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


class Finding(BaseModel):
    """What one check or gate has to say about one resource."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    """The check's id, which is also its file's and its function's name."""
    requirement: tuple[Requirement, ...]
    """The requirement rows this finding proves or refutes."""
    status: Status
    resource: str
    """The name or ARN of what was looked at."""
    message: str
    """A sentence with the resource's name in it."""
    remedy: str = ""
    """What to do when the status is not PASS."""


def verdict(findings: Iterable[Finding]) -> Status:
    """FAIL if any finding failed or there are none, else UNKNOWN if any is unknown, else PASS."""
    seen = Counter(finding.status for finding in findings)
    if not seen or seen[Status.FAIL]:
        return Status.FAIL
    return Status.UNKNOWN if seen[Status.UNKNOWN] else Status.PASS


class StepResult(BaseModel):
    """One attempt at one step, as kept in ``<step>.json`` (``<step>.2.json`` for a second attempt)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = Field(default=1, alias="schema")
    run: str = ""
    """The run's id; a result that names none belongs to none."""
    step: str
    attempt: int = Field(default=1, ge=1)
    started: AwareDatetime
    finished: AwareDatetime
    parameters: dict[str, Any]
    sources: dict[str, str] = {}
    """Where each parameter comes from: ``default``, ``environment file`` or ``given``."""
    findings: tuple[Finding, ...]
    data: dict[str, Any]
    """The step's facts; its shape is the step's own (see ``runbook_lib.steps``)."""

    @field_validator("parameters", "data")
    @classmethod
    def _json_only(cls, value: dict[str, Any]) -> dict[str, Any]:
        """What JSON does not have would be written as something else: NaN as null."""
        if odd := canonical.plain(value)[1]:
            raise ValueError("; ".join(odd))
        return value

    @computed_field  # type: ignore[prop-decorator]  # pydantic documents this order; mypy does not know it
    @property
    def status(self) -> Status:
        """The verdict over the findings."""
        return verdict(self.findings)

    def counts(self) -> dict[Status, int]:
        """How many findings there are of each status."""
        return {status: sum(f.status is status for f in self.findings) for status in Status}

    def summary(self) -> str:
        """One line: the verdict and how many findings led to it."""
        counts = self.counts()
        parts = [f"{n} {status.lower()}" for status, n in counts.items() if n]
        return f"{self.step} {self.status}: {', '.join(parts) or 'no findings'}"

    def save(self, path: Path) -> Path:
        """Write the result once; an existing record is never overwritten.

        Raises:
            RecordError: ``path`` exists.
        """
        files.write_once(path, (self.model_dump_json(indent=2, by_alias=True) + "\n").encode())
        return path

    @classmethod
    def load(cls, path: Path) -> StepResult:
        """Read a result file back; the status in it must be the one its findings lead to.

        Raises:
            RecordError: The file is missing, is not a result, or states another status.
        """
        return files.load_record(path, cls._from_json)

    @classmethod
    def _from_json(cls, text: bytes) -> StepResult:
        import json

        raw = json.loads(text)
        stated = raw.pop("status")
        result = cls.model_validate(raw)
        if stated != result.status:
            msg = f"states {stated}, but its findings lead to {result.status}"
            raise ValueError(msg)
        return result

    def gate(self) -> None:
        """Raise unless the step passed.

        Raises:
            GateError: Naming every finding that is not PASS.
        """
        if self.status is Status.PASS:
            return
        bad = [f for f in self.findings if f.status is not Status.PASS]
        lines = [f"  {f.status} {f.check}: {f.message}" + (f" -> {f.remedy}" if f.remedy else "") for f in bad]
        raise GateError("\n".join([self.summary(), *lines]))


def now() -> datetime:
    """The current time, UTC and aware."""
    return datetime.now(UTC)
