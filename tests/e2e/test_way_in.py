"""A rehearsal that is kept is reached on purpose, by each of the ways in, and by one at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from e2e.conftest import WAIT
from e2e.kept import Kept, rehearsal
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from runbook_lib import kept as keeping
from runbook_lib import settings
from runbook_lib.results import Status, StepResult

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = "05_cost_check"
LINE = "staging · account 000000000000 · us-east-1 · REHEARSAL at "


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """One rehearsal, kept while the tests of this module go on with its run."""
    with rehearsal(tmp_path_factory.mktemp("way-in") / "outputs") as found:
        yield found


def by_hand(kept: Kept, step: str, **environment: str) -> nbformat.NotebookNode:
    """Run a notebook's cells one after the other, as JupyterLab does, in a kernel that papermill knows nothing of."""
    notebook = nbformat.read(settings.home() / "notebooks" / f"{step}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=WAIT).execute(env={**kept.runbook.environment, **environment})
    return notebook


def result(kept: Kept) -> StepResult:
    found = kept.run.result(STEP)
    assert found
    return found


def test_what_was_kept_says_how_it_is_reached(kept: Kept) -> None:
    assert kept.printed.startswith(f"{LINE}{kept.run.facts.target.endpoint}\n")
    assert f"runbook run 04 --run {kept.run.facts.run}\n" in kept.printed
    assert f"export {keeping.VARIABLE}={kept.runbook.outputs}/.rehearsal/kept/world.json\n" in kept.printed


def test_command_line_goes_on_with_its_run_on_record(kept: Kept) -> None:
    code, printed = kept.runbook("run", "05", "--run", kept.run.facts.run, "--reason", "to see", COLUMNS="60")
    assert code == 0, printed
    assert printed.startswith(LINE)
    assert f"Evidence: {kept.run.directory}\n" in printed  # whole, however narrow the log
    [*_, continued] = [event for event in kept.run.ledger.events() if event["event"] == "run.continued"]
    assert continued["reason"] == "to see"
    assert {"operator", "caller", "code", "versions"} <= set(continued)
    assert result(kept).sources["monthly_budget_usd"] == "environment file"


def test_by_hand_it_is_reached_by_the_variable(kept: Kept) -> None:
    before = result(kept).attempt
    notebook = by_hand(kept, STEP, RUNBOOK_REHEARSAL=str(kept.runbook.outputs / ".rehearsal/kept/world.json"))
    said = notebook.cells[2].outputs[0].text
    assert said.startswith(LINE)
    assert "monthly_budget_usd=300.00 (environment file)" in said
    assert (result(kept).attempt, result(kept).status) == (before + 1, Status.PASS)


def test_and_never_without(kept: Kept) -> None:
    endpoint = {"AWS_ENDPOINT_URL": str(kept.run.facts.target.endpoint), "AWS_ACCESS_KEY_ID": "test"}
    runs = list(kept.runbook.outputs.glob("*/*/run.json"))
    with pytest.raises(CellExecutionError, match=r"AWS_ENDPOINT_URL says .* not AWS"):
        by_hand(kept, "01_version_discovery", AWS_SECRET_ACCESS_KEY="test", PULUMI_CONFIG_PASSPHRASE="for this test", **endpoint)
    assert list(kept.runbook.outputs.glob("*/*/run.json")) == runs


@pytest.mark.parametrize("engine", ["runbook", "nbclient"])
def test_papermill_reaches_it_by_the_parameter(kept: Kept, engine: str, tmp_path: Path) -> None:
    before = result(kept).attempt
    given = ["-p", "rehearsal", "True", "-p", "monthly_budget_usd", "300.00", "--engine", engine, "--no-progress-bar"]
    source = settings.home() / "notebooks" / f"{STEP}.ipynb"
    papermill = Path(sys.executable).with_name("papermill")
    environment = kept.runbook.environment
    done = subprocess.run(
        [papermill, source, tmp_path / "out.ipynb", *given], env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert result(kept).attempt == before + 1
    # papermill's own engine tells the kernel nothing: the value is the default, as far as the step can see.
    known = {"runbook": "given", "nbclient": "environment file"}
    assert result(kept).sources["monthly_budget_usd"] == known[engine]


def test_two_at_once_are_one_after_the_other(kept: Kept) -> None:
    first = kept.runbook.start("run", "04", "--run", kept.run.facts.run)
    kept.runbook.wait_for("stack.locked", pid=first.pid)
    code, refused = kept.runbook("run", "05", "--run", kept.run.facts.run)
    assert code == 2, refused
    assert f"process {first.pid}" in refused
    assert kept.run.facts.run in refused
    code, waited = kept.runbook("run", "05", "--wait", "--run", kept.run.facts.run)
    assert code == 0, waited
    assert f"process {first.pid}" in waited
    printed, _ = first.communicate(timeout=WAIT)
    assert first.returncode == 0, printed
    attempts = [(event["step"], event["attempt"]) for event in kept.run.ledger.events() if event["event"] == "step.started"]
    assert len(set(attempts)) == len(attempts)


def test_teardown_of_another_environment_leaves_it_alone(kept: Kept) -> None:
    code, printed = kept.runbook("teardown", "-e", "production", "--confirm", "production")
    assert code == 2
    assert "is of staging, not of production" in printed
    assert (kept.runbook.outputs / ".rehearsal/kept/world.json").exists()
