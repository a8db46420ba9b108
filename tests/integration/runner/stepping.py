"""A run in a home of the test's own, and small notebooks executed as one of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat

from runbook_lib import runner, settings
from runbook_lib.aws import Target
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from pathlib import Path

STEP = "02_plan"
PARAMETERS = 'environment = "staging"  #\nrun = ""  #\ndeletion_limit = 0  #'
SAVES = """
from runbook_lib.results import Finding, Status
from runbook_lib.steps import step as frame
from runbook_lib.steps.outcome import Report
finding = Finding(check="a_check", requirement=("N1",), status=Status.{status}, resource="r", message="r is so.")
look = frame.step("02_plan")(lambda context, known: Report(findings=(finding,), data={{"limit": known.deletion_limit}}))
outcome = look(environment=environment, run=run, deletion_limit=deletion_limit)
"""
WITHOUT_AWS = """
import contextlib
from runbook_lib import way_in
from runbook_lib.run import Run
@contextlib.contextmanager
def enter(*_, run, **__):
    yield None, Run.find(run)
way_in.enter = enter
"""
"""For steps by hand where nobody answers for AWS."""
VARIABLES = (settings.HOME_VARIABLE, settings.OUTPUTS_VARIABLE)


def home(folder: Path) -> dict[str, str]:
    """Make an empty home; the variables that lead to it and to its outputs."""
    (folder / "home/notebooks/parameters").mkdir(parents=True)
    (folder / "home/notebooks/parameters/staging.yaml").write_text("environment: staging\nregion: us-east-1\n")
    (folder / "home/stack").mkdir()
    return dict(zip(VARIABLES, (str(folder / "home"), str(folder / "outputs")), strict=True))


def create() -> Run:
    return Run.create(
        environment="staging", rehearsal=True, reason="test", caller="nobody", engine=EngineKind.EMBEDDED, backend="file:///x",
        target=Target(region="us-east-1"), parameters={}, world="test",
    )  # fmt: skip


def write(*sources: str, tagged: str = "") -> Path:
    """The step's notebook, of these cells after the parameters', each with this tag."""
    cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(source, metadata={"tags": [tagged] if tagged else []}) for source in sources]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = settings.home() / "notebooks" / f"{STEP}.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata)))
    return path


def execute(run: Run, *sources: str, tagged: str = "", **given: Any) -> runner.Execution:
    write(*sources, tagged=tagged)
    return runner.execute(run, STEP, given)
