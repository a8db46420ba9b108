"""All that a decision page says, in its order, from the records of a run; what it looks like is the template's."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runbook_lib.decision import changes
from runbook_lib.decision.causes import Cause
from runbook_lib.decision.costs import CostChange
from runbook_lib.plan import Plan
from runbook_lib.results import Finding, Status
from runbook_lib.way_in import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.decision.changes import Row
    from runbook_lib.facts import RunFacts
    from runbook_lib.results import StepResult

WORST_FIRST = (Status.FAIL, Status.UNKNOWN)


@dataclass(frozen=True)
class Version:
    """Something with a version, and for how long that is supported."""

    what: str
    version: str
    verdict: str
    support: str
    source: str


@dataclass(frozen=True)
class Passed:
    """A gate that passed, with its one message or how many resources it found right."""

    check: str
    message: str


VERSION_GATES = ("databases_supported", "runtimes_supported", "services_supported")
"""The gates that judge versions by their dates; 01's own choice is told beside them."""


@dataclass(frozen=True)
class Since:
    """What became of a plan after 02 had come to its result.

    Attributes:
        but: Why the plan does not stand though its result says PASS; empty where it does.
        deployed: What 03 made of it, as a sentence; empty where it has not been started since.
    """

    but: str = ""
    deployed: str = ""

    def status(self, result: StepResult) -> Status:
        """The verdict, as 03 takes it."""
        return Status.UNKNOWN if self.but else result.status


NOTHING_SINCE = Since()


@dataclass(frozen=True)
class View:
    """What the page says. Sums are US dollars a month."""

    facts: RunFacts
    result: StepResult
    target: str
    digest: str
    counts: list[tuple[str, int]]
    on_record: list[tuple[str, int]]
    unchanged: int
    outside: list[Row]
    causes: list[Cause]
    rows: list[Row]
    cost: CostChange
    budget: Decimal
    versions: list[Version]
    failed: list[Finding]
    passed: list[Passed]
    warnings: list[str]
    since: Since = NOTHING_SINCE

    @property
    def status(self) -> Status:
        """The verdict."""
        return self.since.status(self.result)

    @property
    def supported(self) -> list[str]:
        """What the gates over versions found supported, resource by resource, with the dates."""
        about = (f for f in self.result.findings if f.check in VERSION_GATES and f.status is Status.PASS)
        return [finding.message for finding in about if not finding.message.startswith("None of ")]

    @property
    def changes(self) -> bool:
        """Whether anything is changed, be it on Pulumi's record only."""
        return bool(self.counts or self.on_record)

    @property
    def made(self) -> list[Row]:
        """What is new to the stack."""
        return [row for row in self.rows if row.made]

    @property
    def altered(self) -> list[Row]:
        """What has an old and a new value."""
        return [row for row in self.rows if not row.made]

    @property
    def losing(self) -> int:
        """How many resources lose what they hold."""
        return sum(cause.loses for cause in self.causes)

    @property
    def lost(self) -> list[tuple[Cause, list[str]]]:
        """Deletions and replacements of one type for one reason, with their names; none is left out."""
        alike: dict[tuple[object, ...], list[Cause]] = defaultdict(list)
        for cause in self.causes:
            why = tuple((each.path, each.by) if each.by else (each.path, each.old, each.new) for each in cause.forced)
            alike[cause.op, cause.type, cause.data, cause.order, why].append(cause)
        return [(same[0], [cause.name for cause in same]) for same in alike.values()]

    @property
    def lost_by_type(self) -> list[tuple[str, str, int]]:
        """Deletions and replacements by operation and type, the most frequent first."""
        return [(*key, number) for key, number in Counter((cause.op, cause.type) for cause in self.causes).most_common()]

    @property
    def failed_by_gate(self) -> list[tuple[str, int]]:
        """Findings against the plan by gate, the most frequent first."""
        return Counter(finding.check for finding in self.failed).most_common()


def view(facts: RunFacts, result: StepResult, found: Mapping[str, Any], since: Since = NOTHING_SINCE) -> View:
    """Build the page's contents; pure.

    Args:
        facts: What is known of the run.
        result: 02's result.
        found: The data of 01's result.
        since: What became of the plan after that.
    """
    data = result.data
    plan = Plan.model_validate({"operations": data["operations"]})
    return View(
        facts=facts,
        result=result,
        target=shown(facts.environment, facts.target),
        digest=str(data["digest"]),
        counts=changes.counts(plan),
        on_record=changes.only_on_record(plan),
        unchanged=changes.unchanged(plan),
        outside=changes.outside(Plan.model_validate({"operations": data["outside"]}), plan),
        causes=[Cause.model_validate(each) for each in data["causes"]],
        rows=changes.by_component(plan),
        cost=CostChange.model_validate(data["cost"]),
        budget=Decimal(data["budget_usd"]),
        versions=versions(found),
        failed=sorted((f for f in result.findings if f.status in WORST_FIRST), key=lambda f: WORST_FIRST.index(f.status)),
        passed=passed(result.findings),
        warnings=[str(line) for line in data["warnings"]],
        since=since,
    )


def versions(found: Mapping[str, Any]) -> list[Version]:
    """What 01 chose, with its support dates and who says so."""
    chosen = next((each for each in found["engines"] if each["version"] == found["engine_version"]), None)
    rows = []
    if chosen:
        source = f"{found['source']}; {chosen['lifecycle_source']}"
        rows.append(Version("PostgreSQL", chosen["version"], chosen["verdict"], chosen["note"], source))
    life = found["runtime"]["life"] or {}
    source = f"{life['source']} ({life['as_of']})" if life else "nobody"
    name = found["runtime"]["name"]
    return [*rows, Version("Lambda runtime", name, "in the table" if life else "unknown", found["runtime"]["note"], source)]


def passed(findings: tuple[Finding, ...]) -> list[Passed]:
    """One line for each gate of which every finding passed."""
    by_check: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_check[finding.check].append(finding)
    return [
        Passed(check, told[0].message if len(told) == 1 else f"{len(told)} resources are as they must be.")
        for check, told in sorted(by_check.items())
        if all(finding.status is Status.PASS for finding in told)
    ]
