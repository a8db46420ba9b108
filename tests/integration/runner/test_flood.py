"""A flood of output is cut, under its own name; what is no flood is left alone."""

from __future__ import annotations

from pathlib import Path

from integration.runner.notebooks import notebook, record, run


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
