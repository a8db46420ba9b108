"""Reads the live system once, runs every check over it, and says which requirement rows they prove."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from runbook_lib import snapshot
from runbook_lib.checks.registry import CHECKS
from runbook_lib.results import Finding, Status, verdict
from runbook_lib.snapshot.parts import tagged_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs
    from runbook_lib.snapshot.drift import Drift

REQUIREMENTS = (
    *("N1", "N2", "N3", "N4", "D1", "D2", "D3", "A1", "A2", "A3", "A4", "P1", "L1", "S1"),
    *("M1", "M2", "M3", "K1", "T1", "T2", "O1", "O2", "X1"),
)
"""Every row of the stack's requirements."""


@dataclass(frozen=True)
class Verification:
    """What the checks found, and the figures for the step's result."""

    findings: tuple[Finding, ...]
    data: dict[str, Any]


def verify(
    aws: Aws, outputs: StackOutputs, *, drills: bool = False, drift: Callable[[], Drift] | None = None, day: date | None = None
) -> Verification:
    """Take a snapshot of the live system and judge it.

    Args:
        aws: Where the system lives.
        outputs: The stack's outputs; nothing else is known about it.
        drills: Whether to take dependencies away from the running system (``snapshot.take``).
        drift: Asks the engine what has drifted; without it the check on drift is not tried.
        day: The day that judgements are for (``days.Day.judged``); by default today.
    """
    began = time.monotonic()
    live = snapshot.take(aws, outputs, drills=drills, drift=drift, day=day)
    read = time.monotonic()
    found = CHECKS.run(live)
    findings = (*found, *uncovered(found))
    judged = {finding.check for finding in found}
    not_tried = [name for name in CHECKS.rules() if name not in judged]
    return Verification(
        findings=findings,
        data={
            "read_seconds": round(read - began, 2),
            "judge_seconds": round(time.monotonic() - read, 2),
            "seconds_by_part": dict(sorted(live.seconds.items(), key=lambda item: -item[1])),
            "parts_read": len(live.parts) - len(dict(live.unreadable())) - len(live.untried()),
            "parts_unreadable": dict(live.unreadable()),
            "resources_read": len(list(tagged_in(live.parts))),
            "checks_run": len(judged),
            "not_tried": not_tried,
            "coverage": coverage(findings),
        },
    )


def coverage(findings: Iterable[Finding]) -> dict[str, dict[str, str]]:
    """Requirement row → check → the check's verdict."""
    rows: dict[str, dict[str, list[Finding]]] = {row: {} for row in REQUIREMENTS}
    for finding in findings:
        for row in finding.requirement:
            rows[row].setdefault(finding.check, []).append(finding)
    return {row: {check: verdict(given) for check, given in checks.items()} for row, checks in rows.items()}


def uncovered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """A failure for each requirement row that no check looked at: a row nobody looks at has not been met."""
    return tuple(
        Finding(
            check="requirement_covered",
            requirement=(row,),
            status=Status.FAIL,
            resource=row,
            message=f"No check looks at requirement {row}.",
            remedy="Add a check to runbook_lib/checks.",
        )
        for row, checks in coverage(findings).items()
        if not checks
    )


def junit(findings: Iterable[Finding]) -> str:
    """The findings as JUnit XML, one test case each, for the test pages of CI systems."""
    listed = list(findings)
    counts = Counter(finding.status for finding in listed)
    suite = ET.Element(
        "testsuite",
        name="04_verify",
        tests=str(len(listed)),
        failures=str(counts[Status.FAIL]),
        errors=str(counts[Status.UNKNOWN]),
    )
    for finding in listed:
        case = ET.SubElement(
            suite, "testcase", classname=f"{'.'.join(finding.requirement)}.{finding.check}", name=finding.resource
        )
        if finding.status is not Status.PASS:
            # JUnit knows no third outcome: an error is a test that could not tell.
            kind = "failure" if finding.status is Status.FAIL else "error"
            ET.SubElement(case, kind, message=_printable(finding.message)).text = _printable(finding.remedy)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """Without the control characters that XML cannot hold; a live system's answers may."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text)
