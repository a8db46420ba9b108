"""A flood of output is cut, under its own name; what is no flood is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.runner.notebooks import notebook, record, run
from papermill.exceptions import PapermillExecutionError


class TestFlood:
    """Output beyond the limit."""

    def test_flood_is_cut_with_its_size_on_record(self, tmp_path: Path) -> None:
        flood = "for _ in range(40): print('x' * 9_999)\nprint('é')\n{'y': 'z' * 5000}"
        run(notebook(tmp_path / "in.ipynb", "print(1)", flood, "print(3)"), tmp_path / "out.ipynb", output_limit=50_000)
        found = record(tmp_path / "out.ipynb")[2]
        stdout, notice = found.cells[1].outputs
        assert len(stdout.text) == 50_000
        account = found.cells[1].metadata.runbook["cut"]
        assert account["limit"] == 50_000
        assert account["size"] >= 40 * 10_000 + 3 + 5_000
        assert notice.text == f"[runbook] Output cut at 50000 of {account['size']} bytes.\n"
        assert found.cells[0].metadata.runbook == found.cells[2].metadata.runbook == {"state": "ok"}

    def test_flood_is_whole_in_the_file_that_was_asked_for(self, tmp_path: Path) -> None:
        with (tmp_path / "stdout").open("w") as stdout:
            source = notebook(tmp_path / "in.ipynb", "for _ in range(40): print('x' * 9_999)")
            run(source, tmp_path / "out.ipynb", output_limit=50_000, stdout_file=stdout)
        assert (tmp_path / "stdout").stat().st_size == 400_000

    def test_what_is_cleared_is_no_flood(self, tmp_path: Path) -> None:
        shows = (
            "from IPython.display import clear_output\nfor i in range(20):\n    clear_output(); print(i, 'x' * 9_999, flush=True)"
        )
        run(notebook(tmp_path / "in.ipynb", shows), tmp_path / "out.ipynb", output_limit=50_000)
        cell = record(tmp_path / "out.ipynb")[2].cells[0]
        assert cell.outputs[0].text.startswith("19 x")
        assert "cut" not in cell.metadata.runbook

    def test_many_displays_are_cut_with_the_size_that_they_count_as(self, tmp_path: Path) -> None:
        shows = "from IPython.display import display\nfor i in range(150): display(i)"
        run(notebook(tmp_path / "in.ipynb", shows), tmp_path / "out.ipynb", output_limit=50_000)
        assert record(tmp_path / "out.ipynb")[2].cells[0].metadata.runbook["cut"] == {"limit": 50_000, "size": 75_000}

    def test_updates_and_what_is_said_about_a_display_count(self, tmp_path: Path) -> None:
        updates = (
            "from IPython.display import display\nshown = [display('a', display_id=True) for _ in range(6)]\n"
            "for one in shown:\n    for _ in range(3): one.update('x' * 9_000)"
        )
        about = "display({'text/plain': 'x'}, raw=True, metadata={'text/plain': {'about': 'y' * 60_000}})"
        run(notebook(tmp_path / "in.ipynb", updates, about), tmp_path / "out.ipynb", output_limit=50_000)
        first, second = record(tmp_path / "out.ipynb")[2].cells
        assert sum("x" * 9_000 in one.get("data", {}).get("text/plain", "") for one in first.outputs) == 5
        assert first.metadata.runbook["cut"]["limit"] == second.metadata.runbook["cut"]["limit"] == 50_000

    def test_a_long_error_is_cut_and_says_so(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", "raise ValueError('x' * 3_000_000)", tags=("raises-exception",))
        with pytest.raises(PapermillExecutionError, match="cut at 100000 of 30000"):
            run(source, tmp_path / "out.ipynb")
        assert (tmp_path / "out.ipynb").stat().st_size < 1_000_000


class TestCutsNoSecret:
    """Where something is cut, no half of a secret is left."""

    @pytest.fixture(autouse=True)
    def secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

    WORD = "import os; word = os.environ['AWS_SECRET_ACCESS_KEY']\n"

    def test_at_the_limit(self, tmp_path: Path) -> None:
        says = self.WORD + "print('x' * 49_980, end=''); print(word[:20], end='', flush=True); print(word[20:] + 'y' * 90_000)"
        run(notebook(tmp_path / "in.ipynb", says), tmp_path / "out.ipynb", output_limit=50_000)
        [stdout, _] = record(tmp_path / "out.ipynb")[2].cells[0].outputs
        assert stdout.text == "x" * 49_980

    @pytest.mark.parametrize("before", [65_500, 130_000])
    def test_in_a_long_line(self, tmp_path: Path, before: int) -> None:
        says = self.WORD + f"print('x' * {before}, word[:20], sep='', end='', flush=True); print(word[20:], flush=True)"
        with (tmp_path / "stdout").open("w") as stdout:
            run(notebook(tmp_path / "in.ipynb", says), tmp_path / "out.ipynb", stdout_file=stdout)
        assert (tmp_path / "stdout").read_text() == "x" * before + "[redacted:AWS_SECRET_ACCESS_KEY]\n"

    def test_over_lines_in_a_file(self, tmp_path: Path) -> None:
        says = self.WORD + "print(word[:20], flush=True); print(word[20:], flush=True)"
        with (tmp_path / "stdout").open("w") as stdout:
            run(notebook(tmp_path / "in.ipynb", says), tmp_path / "out.ipynb", stdout_file=stdout)
        shown = (tmp_path / "stdout").read_text()
        assert "wJalr" not in shown
        assert "[redacted:AWS_SECRET_ACCESS_KEY]" in shown

    def test_in_an_error(self, tmp_path: Path) -> None:
        raises = self.WORD + "raise ValueError('x' * 99_980 + word)"
        with pytest.raises(PapermillExecutionError) as raised:
            run(notebook(tmp_path / "in.ipynb", raises), tmp_path / "out.ipynb")
        assert "wJalr" not in str(raised.value)
        assert "wJalr" not in (tmp_path / "out.ipynb").read_text()
