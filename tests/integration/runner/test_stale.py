"""In one kernel, what is shown and gated on is what ran last; nothing of an earlier outcome is left."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

from runbook_lib import settings
from runbook_lib.aws import Target
from runbook_lib.run import ATTEMPT_VARIABLE, Run
from runbook_lib.settings import EngineKind
from runbook_lib.settling import token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

V4 = nbformat.v4
DEFINES = """
from runbook_lib.results import Finding, Status
from runbook_lib.steps import step as frame
from runbook_lib.steps.outcome import Report
ends = []
def look(context, known):
    if ends:
        raise ends.pop()
    return Report(findings=(Finding(check="a_check", requirement=("N1",), status=Status.PASS, resource="r", message="so"),),
                  data={})
plan = frame.step("02_plan")(look)
"""
CALL = "outcome = None\noutcome = plan(environment=environment, run=run, deletion_limit=deletion_limit)"
BARE = CALL.split("\n")[1]
"""As somebody might write it who clears nothing."""


class Kernel:
    """A kernel in which cells run one after the other, as a person runs them."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.client = NotebookClient(V4.new_notebook(), timeout=120, allow_errors=True)

    def parameters(self, limit: int = 0, *, more: str = "") -> str:
        return f'environment = "staging"  #\nrun = "{self.run.facts.run}"  #\ndeletion_limit = {limit}  #{more}'

    def cell(self, source: str) -> str:
        """What running it shows, and its error."""
        cell = V4.new_code_cell(source)
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        shown: list[Any] = [o.get("text") or o.get("data", {}).get("text/markdown") or o.get("evalue", "") for o in cell.outputs]
        return "\n".join(filter(None, shown))

    def call(self, source: str = CALL) -> str:
        """Run a call cell; each as an attempt of its own."""
        attempt = token(self.run.facts.run, "02_plan", self.run.begin("02_plan", "notebook.started"))
        self.cell(f"import os; os.environ[{ATTEMPT_VARIABLE!r}] = {attempt!r}")
        return self.cell(source)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stale")


@pytest.fixture
def kernel(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(home / "outputs"))
    run = Run.create(
        environment="staging", rehearsal=True, reason="test", caller="nobody", engine=EngineKind.EMBEDDED, backend="file:///x",
        target=Target(region="us-east-1"), parameters={}, world="test",
    )  # fmt: skip
    found = Kernel(run)
    with found.client.setup_kernel(env=dict(os.environ)):
        found.cell(found.parameters())
        found.cell(DEFINES)
        yield found


PASS = "02_plan PASS"


def test_outcome_of_what_ran_last_is_shown(kernel: Kernel) -> None:
    assert "staging · account unknown · us-east-1 · AWS" in kernel.call()
    assert PASS in kernel.cell("outcome.show()")
    assert kernel.cell("outcome.gate()") == ""


@pytest.mark.parametrize("call", [CALL, BARE], ids=["the notebook's", "one that clears nothing"])
@pytest.mark.parametrize("error", ["ValueError('boom')", "KeyboardInterrupt()", "SystemExit(0)"])
def test_a_call_that_raises_leaves_nothing_of_the_one_before(kernel: Kernel, call: str, error: str) -> None:
    kernel.call()
    kernel.cell(f"ends.append({error})")
    kernel.call(call)
    for cell in ("outcome.show()", "outcome.gate()"):
        shown = kernel.cell(cell)
        assert PASS not in shown
        assert "earlier execution of 02_plan" in shown or "NoneType" in shown


def test_nor_does_one_that_is_refused_before_it_begins(kernel: Kernel) -> None:
    kernel.call()
    kernel.cell("earlier = outcome")
    assert "unknown parameter 'deletion_limt'" in kernel.cell(BARE.replace("deletion_limit=", "deletion_limt="))
    assert "earlier execution" in kernel.cell("earlier.gate()")


def test_parameters_that_changed_since_are_not_the_outcomes(kernel: Kernel) -> None:
    kernel.call()
    kernel.cell(kernel.parameters(7))
    assert "deletion_limit is 7 now" in kernel.cell("outcome.gate()")
    kernel.cell(kernel.parameters(0))
    assert kernel.cell("outcome.gate()") == ""


@pytest.mark.parametrize("more", ["\nimport os", "\nrehearsal: bool = True", "\nprint(run)", "\n%time 1 + 1"])
def test_whatever_else_their_cell_does(kernel: Kernel, more: str) -> None:
    kernel.cell(kernel.parameters(more=more))
    kernel.call()
    kernel.cell(kernel.parameters(7, more=more))
    assert "deletion_limit is 7 now" in kernel.cell("outcome.gate()")
    kernel.cell(kernel.parameters(more=more + '\nenviroment = "production"'))
    assert "unknown parameter 'enviroment' (did you mean 'environment'?)" in kernel.call()


def test_a_name_that_no_step_takes_is_refused_by_hand(kernel: Kernel) -> None:
    kernel.cell(kernel.parameters(more='\nenviroment = "production"'))
    assert "unknown parameter 'enviroment' (did you mean 'environment'?)" in kernel.call()


def test_another_steps_parameters_are_not_this_ones(kernel: Kernel) -> None:
    """A second notebook in the same kernel, whose call cell has not run yet."""
    kernel.call()
    kernel.cell(f'environment = "staging"\nrun = "{kernel.run.facts.run}"\ndrills = True')
    assert "drills is True now" in kernel.cell("outcome.gate()")
