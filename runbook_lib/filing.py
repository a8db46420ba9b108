"""How a step's result gets on record: written once, then bound by the ledger; and read back through the ledger only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib import canonical
from runbook_lib.errors import RecordError
from runbook_lib.redaction import redact, redact_values
from runbook_lib.results import Finding, Status, StepResult, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from runbook_lib.attempts import Attempt
    from runbook_lib.run import Run

UPDATE_PLAN = ".update-plan.json"
SUFFIXES = (".ipynb", ".json", ".junit.xml", UPDATE_PLAN)
"""What an attempt leaves: executed notebook, result, for CI the findings as JUnit knows them, and the plan that Pulumi saved."""


def result_of(
    run: Run, step: str, attempt: int, *, started: datetime, parameters: Mapping[str, Any], findings: Iterable[Finding],
    data: Mapping[str, Any], sources: Mapping[str, str] | None = None,
) -> StepResult:  # fmt: skip
    """The result of an attempt that ends now, secrets taken out.

    Where ``data`` or ``parameters`` hold something that JSON does not have, the result says so, and is FAIL: a reader would get
    something else than what was found. Everything else is kept as it is.
    """
    known, odd = canonical.plain({"data": dict(data), "parameters": dict(parameters)})
    return StepResult(
        run=run.facts.run, step=step, attempt=attempt, started=started, finished=now(),
        parameters=redact_values(known["parameters"]), sources=dict(sources or {}), data=redact_values(known["data"]),
        findings=tuple(_redacted(finding) for finding in (*findings, *([_unserialisable(step, odd)] if odd else ()))),
    )  # fmt: skip


def file(run: Run, result: StepResult, event: str, **facts: Any) -> Path:
    """Write a result and end the step with an event that binds it and what lies beside it.

    Raises:
        RecordError: It cannot be written, or an attempt of that number has a result; the ledger says so if it can be written.
    """
    path, step, attempt = run.record(result.step, result.attempt, ".json"), result.step, result.attempt
    try:
        result.save(path)
    except RecordError as error:
        known = {**facts, **begun_with(run, step, attempt), "error": f"RecordError: {error}"}
        run.ledger.append("step.failed", step=step, attempt=attempt, records={}, **known)
        raise
    known = {**facts, **begun_with(run, step, attempt), "records": records(run, step, attempt)}
    run.ledger.append(event, step=step, attempt=attempt, status=result.status, **known)
    return path


def begun_with(run: Run, step: str, attempt: int) -> dict[str, Any]:
    """What an attempt began with and its end binds once more: the code, and the input notebook."""
    begun = next((each.events[0] for each in run.attempts() if (each.step, each.number) == (step, attempt)), {})
    return {name: begun[name] for name in ("code", "inputs") if name in begun}


def records(run: Run, step: str, attempt: int) -> dict[str, str]:
    """The SHA-256 of each file that an attempt has left so far, by its path in the run's folder."""
    paths = [run.record(step, attempt, suffix) for suffix in SUFFIXES]
    return {path.relative_to(run.directory).as_posix(): canonical.file_sha256(path) for path in paths if path.exists()}


def read_result(run: Run, step: str, attempt: Attempt | None) -> StepResult | None:
    """The result of an attempt, if it is the one that the ledger binds; ``None`` where the ledger knows of none.

    Args:
        run: The run.
        step: The step's full name.
        attempt: The attempt as the ledger tells it; ``None`` where the ledger tells of no attempt at the step.

    Raises:
        RecordError: It, or what lies beside it, is another file than the ledger says, belongs elsewhere, or is missing; or no
            event names it.
    """
    if attempt is not None:
        verify(run, attempt)
    number = attempt.number if attempt else 1
    path = run.record(step, number, ".json")
    said = attempt.said if attempt else None
    if attempt is None or said is None or path.name not in said.get("records", {}):
        _must_not_lie_there(path, attempt)
        return None
    result = StepResult.load(path)
    if (result.run, result.step, result.attempt, result.status) != (run.facts.run, step, number, said["status"]):
        raise RecordError(
            f"{path} says it is attempt {result.attempt} at {result.step} of run {result.run or '(none)'}, {result.status}; "
            f"the ledger says attempt {number} at {step} of run {run.facts.run}, {said['status']}.",
            remedy="Run the step again.",
        )
    return result


def verify(run: Run, attempt: Attempt) -> None:
    """See that all files of an attempt are those that its events bind: notebook, result, JUnit file, and saved plan.

    Raises:
        RecordError: One was changed, replaced or removed; it is named.
    """
    for name, bound in ((name, bound) for event in attempt.events for name, bound in event.get("records", {}).items()):
        path = run.directory / name
        found = canonical.file_sha256(path) if path.is_file() else "missing"
        if bound != found:
            raise RecordError(
                f"{path} is not the {_kind(name)} of attempt {attempt.number} at {attempt.step}: "
                f"its SHA-256 is {found}, the ledger's {bound}.",
                remedy="It was changed or replaced after the step ended. Find the file that was recorded, or run the step again.",
            )


def _kind(name: str) -> str:
    if name.endswith(UPDATE_PLAN):
        return "saved plan"
    return {".ipynb": "notebook", ".xml": "JUnit file"}.get(Path(name).suffix, "result")


def strays(run: Run, steps: Iterable[str], found: Iterable[Attempt]) -> list[Path]:
    """Files that are named as an attempt's records and that no event names, but for those of attempts at work.

    Args:
        run: The run.
        steps: The names of the steps there are.
        found: The attempts as the ledger tells them.
    """
    attempts = list(found)
    named = {name for each in attempts for event in each.events for name in event.get("records", {})}
    working = {(each.step, each.number) for each in attempts if each.ended is None}
    pattern = re.compile(rf"({'|'.join(map(re.escape, steps))})(?:\.(\d+))?({'|'.join(map(re.escape, SUFFIXES))})")
    matches = [(path, pattern.fullmatch(path.name)) for path in sorted(run.directory.iterdir())]
    return [path for path, match in matches if match and path.name not in named and (match[1], int(match[2] or 1)) not in working]


def _must_not_lie_there(path: Path, attempt: Attempt | None) -> None:
    """A result that no event names is no evidence; one that is just being recorded, or that a kill cut short, is no forgery."""
    if attempt is not None and (attempt.ended is None or path.name in attempt.ended.get("records", {})):
        return
    if path.exists():
        raise RecordError(
            f"{path} is not on record: no event of the ledger names a result of that attempt.",
            remedy="It is no evidence. Find out who put it there, and move it away.",
        )


def _redacted(finding: Finding) -> Finding:
    texts = {name: redact(getattr(finding, name)) for name in ("resource", "message", "remedy")}
    return finding.model_copy(update=texts)


def _unserialisable(step: str, odd: Iterable[str]) -> Finding:
    return Finding(
        check="result_is_json",
        requirement=(),
        status=Status.FAIL,
        resource=step,
        message=f"The result of {step} cannot be recorded as it is: {'; '.join(odd)}.",
        remedy="Give the step's data as JSON values; what was none stands there as text.",
    )
