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


BESIDE = [
    "import os",
    "from datetime import date as today",
    "print(environment)",
    "plan_digest: str",
    "def helper():\n    inner = 1\n    return inner",
    "class Mine:\n    own = 1",
    "os.environ['X'] = 'y'",
    "Mine.own = 2",
    "_scratch = 1",
    "for each in ():\n    pass",
    "%matplotlib inline",
    "!true",
    "date?",
    "assert environment",
    "[other for other in ()]",
]
"""What a person may add to a parameters cell, none of which names a parameter."""


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("first", [True, False])
def test_whatever_else_a_cell_does_its_names_are_seen(ran: list[str], beside: str, *, first: bool) -> None:
    def cell(of: str) -> str:
        return f"{beside}\n{of}" if first else f"{of}\n{beside}"

    ran.append(cell(CELL))
    assert cells.stated(ran) == {"environment", "run", "rehearsal", "deletion_limit"}
    cells.refuse_unknown("02_plan")
    ran.append(cell(CELL + "\nenviroment = 'production'"))
    with pytest.raises(UsageError, match="did you mean 'environment'"):
        cells.refuse_unknown("02_plan")


@pytest.mark.parametrize(
    "typo",
    [
        "enviroment: str = 'production'",
        "enviroment, run = 'production', ''",
        "[run, *enviroment] = ['', 'production']",
        "run = enviroment = ''",
        "if True:\n    enviroment = 'production'",
        "with open('/dev/null') as file:\n    enviroment = file.read()",
        "try:\n    enviroment = 'production'\nfinally:\n    pass",
        "print(enviroment := 'production')",
        "%time enviroment = 'production'",
        "get_ipython().run_line_magic('time', 'enviroment = 1')",
    ],
)
def test_however_a_name_is_assigned_it_is_seen(ran: list[str], typo: str) -> None:
    ran.append(f"{CELL}\n{typo}")
    with pytest.raises(UsageError, match="did you mean 'environment'"):
        cells.refuse_unknown("02_plan")


@pytest.mark.parametrize("magic", ["%%time", "%%capture said"])
def test_a_cell_under_a_magic_is_a_parameters_cell_too(ran: list[str], magic: str) -> None:
    ran.append(f"{magic}\n{CELL}\nenviroment = 'production'")
    with pytest.raises(UsageError, match="did you mean 'environment'"):
        cells.refuse_unknown("02_plan")
