"""A secret where it cannot be masked is withheld, and never in the way of what else was wrong."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from integration.runner.notebooks import held, notebook, papermill_command, record, run
from papermill.exceptions import PapermillExecutionError

from runbook_lib import redaction
from runbook_lib.errors import NotebookError, RecordError

SECRET = "s3cret/of-a-kernel"
pytestmark = pytest.mark.usefixtures("home")


def test_a_key_that_is_one_fails_the_run_and_keeps_the_rest(tmp_path: Path) -> None:
    redaction.register(SECRET, "it")
    show = f"from IPython.display import JSON\nprint('kept')\nJSON({{{SECRET!r}: 1, 'other': 2}})"
    with pytest.raises(RecordError, match=r"redacted:it"):
        run(notebook(tmp_path / "in.ipynb", show), tmp_path / "out.ipynb")
    found = record(tmp_path / "out.ipynb")[2]
    assert SECRET not in (tmp_path / "out.ipynb").read_text()
    assert found.cells[0].outputs[0].text == "kept\n"
    assert found.metadata.runbook.withheld == ["[redacted:it]"]


IN_A_KEY = f"from IPython.display import JSON, display\ndisplay(JSON({{{SECRET!r}: 1}}))\n"


@pytest.mark.parametrize(
    ("last", "error", "said"),
    [
        ("raise ValueError('the real reason')", PapermillExecutionError, "the real reason"),
        ("import sys; sys.exit(1)", NotebookError, r"sys\.exit"),
    ],
)
def test_the_cells_own_error_comes_first(
    last: str, error: type[Exception], said: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    redaction.register(SECRET, "it")
    with pytest.raises(error, match=said):
        run(notebook(tmp_path / "in.ipynb", IN_A_KEY, last), tmp_path / "out.ipynb")
    found = record(tmp_path / "out.ipynb")[2]
    assert found.metadata.runbook.withheld == ["[redacted:it]"]
    assert "papermill-error-cell" in found.cells[0].source
    assert any("would have held [redacted:it]" in line for line in caplog.messages)
    assert held(tmp_path / "out.ipynb", SECRET) == []


def test_papermills_command_line_says_it_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    command = [*papermill_command(), notebook(tmp_path / "in.ipynb", IN_A_KEY), tmp_path / "out.ipynb"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 5
    assert "Error: out.ipynb would have held [redacted:AWS_SECRET_ACCESS_KEY] in a key" in done.stderr
    assert "Traceback" not in done.stderr
