"""What a kernel's history says of the parameters: names nobody takes are refused, whoever wrote them."""

from __future__ import annotations

import pytest

from runbook_lib.errors import UsageError
from runbook_lib.steps import cells

CELL = 'environment = "staging"  # which\nrun = ""  #\nrehearsal = False  #\ndeletion_limit = 0  #'
CALL = "outcome = None\nfrom runbook_lib import steps\n\noutcome = steps.plan(environment=environment, run=run)"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cells that ran in this kernel."""
    history: list[str] = [""]
    monkeypatch.setattr(cells, "_sources", lambda: history)
    return history


@pytest.mark.parametrize(
    "sources",
    [
        [CELL],
        [CELL, "# Parameters\ndeletion_limit = 3\n"],
        [CELL, "# Parameters\nPAPERMILL_INPUT_PATH = '02_plan.ipynb'\n"],
        [CELL, CALL],
        [CELL, "limits = 3\nruns = [1]", "%matplotlib inline", "enviroment = 'a scratch cell of mine'"],
        [CELL + "\nenviroment = 'production'", CELL],
        [CELL, "# Parameters\nenviroment = 'production'\n", CELL],
        ["environment = 'staging'\nrun = ''\ndrills = True", CELL],
        [],
    ],
    ids=["cell", "injected", "paths", "call", "scratch", "mended", "cell again", "another step's before", "no kernel"],
)
def test_what_the_step_takes_passes(ran: list[str], sources: list[str]) -> None:
    ran.extend(sources)
    cells.refuse_unknown("02_plan")


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([CELL + "\nenviroment = 'production'"], "'enviroment' .did you mean 'environment'"),
        ([CELL, "# Parameters\nenviroment = 'production'\n"], "did you mean 'environment'"),
        ([CELL, "# Parameters\ndrills = True\n", CALL], "unknown parameter 'drills'"),
        ([CELL, "environment = 'staging'\nrun = ''\ndrills = True"], "unknown parameter 'drills'"),
    ],
    ids=["by hand", "papermill", "misdirected", "another step's cell"],
)
def test_what_it_does_not_take_is_refused(ran: list[str], sources: list[str], said: str) -> None:
    ran.extend(sources)
    with pytest.raises(UsageError, match=said):
        cells.refuse_unknown("02_plan")
