"""What a notebook gets back from a step: the saved result, and how to show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runbook_lib.errors import UsageError
from runbook_lib.steps import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd
    from pandas.io.formats.style import Styler
    from pandas.io.formats.style_render import CSSDict

    from runbook_lib.results import Finding, StepResult


FIGURES = frozenset({"After", "Before", "Change", "Count", "Monthly", "Quantity", "Seconds", "Unit price"})


@dataclass(frozen=True)
class Report:
    """What a step found out, before it is filed."""

    findings: tuple[Finding, ...]
    data: Mapping[str, Any]
    """JSON values: the facts later steps and auditors read."""
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Tables to show, by heading."""
    warnings: tuple[str, ...] | None = None
    """What is no verdict and should be read all the same, as sentences; kept as ``data["warnings"]``."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """matplotlib figures to show, by heading."""
    page: Callable[[StepResult], str] | None = None
    """Makes Markdown of the saved result, which is then shown in place of verdict, warnings and findings."""


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a step in this process. The next one makes it history, whatever comes of that."""

    step: str
    given: Mapping[str, Any]
    """The parameters as they were handed over."""


_latest: dict[str, Call] = {}


def called(step: str, given: Mapping[str, Any]) -> Call:
    """Note that a step is called; every earlier outcome of it is void from here on."""
    _latest[step] = Call(step, dict(given))
    return _latest[step]


@dataclass(frozen=True)
class Outcome:
    """A step's saved result with what there is to show of it."""

    result: StepResult
    path: Path
    report: Report
    call: Call

    def show(self) -> None:
        """Display the verdict, the findings, and the step's own tables and figures.

        Raises:
            UsageError: This is not the outcome of what ran last.
        """
        from IPython.display import Markdown, display

        from runbook_lib.decision.markdown import escaped

        self._of_this_execution()
        frames = dict(self.report.frames)
        if self.report.page:
            display(Markdown(self.report.page(self.result)))
        else:
            display(Markdown(f"**{self.result.summary()}**"))
            for warning in self.report.warnings or ():
                display(Markdown(f"**Warning.** {escaped(warning)}"))
            frames["Findings"] = findings_frame(self.result.findings)
        for heading, frame in frames.items():
            display(Markdown(f"#### {heading}"), _styled(frame))
        for heading, figure in self.report.figures.items():
            display(Markdown(f"#### {heading}"), figure)

    def gate(self) -> None:
        """Raise ``GateError`` unless the step passed; the result is on the disk already.

        Raises:
            GateError: It did not pass.
            UsageError: This is not the outcome of what ran last.
        """
        self._of_this_execution()
        self.result.gate()

    def _of_this_execution(self) -> None:
        remedy = "Run the parameters cell and the call cell again."
        if _latest.get(self.call.step) is not self.call:
            raise UsageError(f"This outcome is of an earlier execution of {self.call.step}.", remedy=remedy)
        if now := cells.changed(self.call.given):
            told = ", ".join(f"{name} is {value!r} now" for name, value in now.items())
            raise UsageError(f"This outcome of {self.call.step} is of other parameters: {told}.", remedy=remedy)


def _styled(frame: pd.DataFrame) -> Styler:
    """Words begin at the left, figures end at the right."""
    figures = frame.columns.intersection(sorted(FIGURES))
    words = frame.columns.difference(figures)
    left: list[CSSDict] = [{"selector": "th", "props": "text-align: left"}]
    return (
        frame.style.hide(axis="index")
        .set_table_styles(left)
        .set_properties(subset=words, **{"text-align": "left"})
        .set_properties(subset=figures, **{"text-align": "right"})
    )


def findings_frame(findings: tuple[Finding, ...]) -> pd.DataFrame:
    """Findings as a table, the worst first."""
    import pandas as pd

    order = {"FAIL": 0, "UNKNOWN": 1, "PASS": 2}
    rows = [
        {
            "Status": finding.status.value,
            "Requirement": " ".join(finding.requirement),
            "Check": finding.check,
            "Finding": finding.message,
            "What to do": finding.remedy,
        }
        for finding in sorted(findings, key=lambda f: (order[f.status], f.requirement, f.check))
    ]
    return pd.DataFrame(rows, columns=["Status", "Requirement", "Check", "Finding", "What to do"])
