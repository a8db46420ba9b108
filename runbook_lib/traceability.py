"""Which gate, which unit tests and which check stand for which requirement, as a page of the documentation.

Written from the registries, and from what the unit tests of the stack say of themselves:
``python -m runbook_lib.traceability > docs/requirements.md``; a test holds the page to them.
"""

from __future__ import annotations

import ast
import inspect
import re
from typing import TYPE_CHECKING, Any

from runbook_lib import settings
from runbook_lib.checks.registry import CHECKS
from runbook_lib.gates.registry import GATES
from runbook_lib.snapshot.collect import collectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runbook_lib.judgement import Rule

ROWS = {
    "N1": "One VPC over three zones, a public and a private subnet in each, no two of which overlap",
    "N2": "A NAT gateway for each zone and a private route table to it; public routes to the internet gateway",
    "N3": "Security groups by relation, the default one closed, network ACLs",
    "N4": "VPC endpoints, because every byte through a NAT gateway costs",
    "D1": "PostgreSQL of a version that is still offered, Multi-AZ, in private subnets, not public",
    "D2": "Encrypted storage, backups, exported logs, forced TLS, minor upgrades, no Extended Support, deletion as fits",
    "D3": "Master credentials nowhere in clear; functions get an ARN",
    "A1": "The payments function: supported runtime, private subnets, traced, a log group of its own",
    "A2": "A role for each function, with nothing it does not need",
    "A3": "Each way to fail has its own answer, log line and metric, and loses no accepted payment",
    "A4": "A payment is accepted once",
    "P1": "The API: model and validator, key, throttle and quota, traced, logged",
    "L1": "The load balancer: public, health-checked, logged, HTTPS where there is a certificate",
    "S1": "The audit store: versioned, encrypted, expiring, closed; one object for each decision",
    "M1": "A log group for every service, encrypted, kept for 30 days",
    "M2": "Alarms on all that can go wrong, which reach an encrypted topic",
    "M3": "A dashboard of the same",
    "K1": "Customer-managed keys that rotate, with policies that name their users",
    "T1": "Tags and names on everything",
    "T2": "Everything can be removed",
    "O1": "Traces, and one correlation id from API to log line, audit object and row",
    "O2": "Outputs: all that the checks need, none secret",
    "X1": "Schema migrations, applied inside the VPC, safe to repeat",
    "F1": "No database version that can no longer be created",
    "F2": "No deprecated resource class or property",
}
"""What each row asks for, in short; F are failures of the first attempt that must not come back."""
PLAN_ONLY = frozenset({"F1", "F2"})
"""Rows about the plan, which the live system cannot show."""

NONE = "\N{EN DASH}"
UNIT_TESTS = ("tests/unit/stack", "tests/unit/functions")
"""Tests over the recorded resources, and of the functions; a file's first line begins with the rows it proves."""
_ROWS_PROVED = re.compile(r"^(?P<rows>[A-Z]\d(?:, [A-Z]\d)*): ")


def page() -> str:
    """The page in Markdown."""
    return "\n".join(
        [*_rows(), "", *_rules("Gates", "gates", GATES.rules()), "", *_rules("Checks", "checks", CHECKS.rules()), ""]
    )


def _rows() -> Iterator[str]:
    yield "# Requirements, gates and checks"
    yield ""
    yield "Written by `python -m runbook_lib.traceability`; do not edit. A gate judges the plan in 02_plan; unit tests judge the"
    yield "recorded resources and the functions before there is a plan; a check judges the live system in 04_verify. Checks"
    yield "marked † break something on purpose and are held only with `drills`."
    yield ""
    yield "| row | what must hold | gates | unit tests | checks |"
    yield "|---|---|---|---|---|"
    tests = unit_tests()
    for row, text in ROWS.items():
        gates = _links("gates", (rule for rule in GATES.rules().values() if row in rule.requirement)) or NONE
        tested = ", ".join(f"[{name.removeprefix('tests/unit/')}](../{name})" for name, rows in tests.items() if row in rows)
        checks = _links("checks", (rule for rule in CHECKS.rules().values() if row in rule.requirement)) or NONE
        yield f"| {row} | {text} | {gates} | {tested or NONE} | {checks} |"


def unit_tests() -> dict[str, tuple[str, ...]]:
    """The files of unit tests that name requirement rows, by their path from the checkout's root."""
    paths = [path for folder in UNIT_TESTS for path in sorted((settings.home() / folder).glob("test_*.py"))]
    said = {path: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in paths}
    found = {path: match["rows"].split(", ") for path, text in said.items() if (match := _ROWS_PROVED.match(text))}
    return {path.relative_to(settings.home()).as_posix(): tuple(rows) for path, rows in found.items()}


def _rules(heading: str, folder: str, rules: Mapping[str, Rule[...]]) -> Iterator[str]:
    yield f"## {heading}"
    yield ""
    yield "| id | what holds | rows |"
    yield "|---|---|---|"
    for rule in rules.values():
        yield f"| {_links(folder, [rule])} | {rule.title} | {', '.join(rule.requirement)} |"


def _links(folder: str, rules: Iterable[Rule[...]]) -> str:
    return ", ".join(f"[{rule.id}](../runbook_lib/{folder}/{rule.id}.py){'†' if needs_drills(rule) else ''}" for rule in rules)


def needs_drills(rule: Rule[...]) -> bool:
    """Whether a rule looks at a part that is read only when drills are held."""
    known = collectors()
    looked_at: Iterable[Any] = inspect.getclosurevars(rule.judge).globals.values()
    return any(part in known and known[part].disruptive for part in looked_at if isinstance(part, type))


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - a page for standard output
