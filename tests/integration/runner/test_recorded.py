"""What is executed is what was given; what is written or shown holds no secret, and points at the cell that failed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nbformat
import pytest
from integration.runner.notebooks import V4, notebook, papermill_command, record, run
from papermill.exceptions import PapermillExecutionError

from runbook_lib.errors import NotebookError
from runbook_lib.redaction import kernel_hooks

SECRET = "qanary-7f3a-secret"


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return SECRET


def said(path: Path) -> str:
    """What the notebook's first cell printed."""
    return str(nbformat.read(path, as_version=4).cells[0].outputs[0].text)


class TestWhatIsWritten:
    """The notebook that is executed is the one that was given; the one that is written holds no secret."""

    @pytest.mark.usefixtures("secret")
    def test_failing_cell_keeps_its_output_and_error(self, tmp_path: Path) -> None:
        print_it = "import os; print(os.environ['AWS_SECRET_ACCESS_KEY'])"
        source = notebook(tmp_path / "in.ipynb", print_it, "print('a line'); raise ValueError('boom')")
        with pytest.raises(PapermillExecutionError, match="boom"):
            run(source, tmp_path / "out.ipynb")
        states, _, found = record(tmp_path / "out.ipynb")
        cells = [cell for cell in found.cells if cell.cell_type == "code"]
        assert states == ["ok", "failed"]
        assert cells[0].outputs[0].text == "[redacted:AWS_SECRET_ACCESS_KEY]\n"
        assert [each.get("text") or each.get("evalue") for each in cells[1].outputs] == ["a line\n", "boom"]

    def test_source_is_executed_as_given(self, tmp_path: Path, secret: str) -> None:
        """A cell's source that holds a secret is masked on record, and only there."""
        cells = ["print(1)", f"word = {secret!r}", "print(len(word), word == ''.join(reversed(word[::-1])))"]
        run(notebook(tmp_path / "in.ipynb", *cells), tmp_path / "out.ipynb")
        found = record(tmp_path / "out.ipynb")[2]
        assert found.cells[2].outputs[0].text == f"{len(secret)} True\n"
        assert found.cells[1].source == "word = '[redacted:AWS_SECRET_ACCESS_KEY]'"

    def test_secret_in_two_halves(self, tmp_path: Path, secret: str) -> None:
        code = f"import time\nprint({secret[:9]!r}, end='', flush=True); time.sleep(0.5); print({secret[9:]!r}, flush=True)"
        run(notebook(tmp_path / "in.ipynb", "print(1)", code), tmp_path / "out.ipynb")
        assert record(tmp_path / "out.ipynb")[2].cells[1].outputs[0].text == "[redacted:AWS_SECRET_ACCESS_KEY]\n"

    def test_what_is_shown_while_it_runs_is_masked_too(self, tmp_path: Path, secret: str) -> None:
        code = (
            f"import sys, time\nprint({secret[:9]!r}, end='', flush=True); time.sleep(0.5); print({secret[9:]!r})\n"
            f"print('x', {secret!r}, file=sys.stderr, end='')\n{secret!r}"
        )
        source = notebook(tmp_path / "in.ipynb", "print(1)", code, f"raise ValueError({secret!r})")
        files = ["--stdout-file", tmp_path / "stdout", "--stderr-file", tmp_path / "stderr"]
        command = [*papermill_command(), "--log-output", "--log-level", "DEBUG", *files, source, tmp_path / "out.ipynb"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert secret not in done.stdout + done.stderr
        assert (tmp_path / "stdout").read_text() == "1\n[redacted:AWS_SECRET_ACCESS_KEY]\n"
        assert (tmp_path / "stderr").read_text() == "x [redacted:AWS_SECRET_ACCESS_KEY]"

    def test_error_about_a_cell_shows_no_secret_of_it(self, tmp_path: Path, secret: str) -> None:
        source = notebook(tmp_path / "in.ipynb", "print(1)", f"import time; time.sleep(60)  # {secret}")
        command = [*papermill_command(), "--execution-timeout", "3", source, tmp_path / "out.ipynb"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "timed out" in done.stderr
        assert secret not in done.stdout + done.stderr + (tmp_path / "out.ipynb").read_text()

    def test_secret_that_the_kernel_learns_is_known_before_it_is_shown(self, tmp_path: Path) -> None:
        learns = (
            "from runbook_lib import redaction\nredaction.register(word := 'learned-' + 'in-the-kernel', 'a test')\nprint(word)"
        )
        run(notebook(tmp_path / "in.ipynb", "print(1)", learns), tmp_path / "out.ipynb")
        text = (tmp_path / "out.ipynb").read_text()
        assert "learned-in-the-kernel" not in text
        assert record(tmp_path / "out.ipynb")[2].cells[1].outputs == [
            V4.new_output("stream", name="stdout", text="[redacted:a test]\n")
        ]

    def test_kernel_that_cannot_tell_what_it_learns(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """One that a provisioner started elsewhere."""
        made = kernel_hooks.set_up
        monkeypatch.setattr(kernel_hooks, "set_up", lambda _: made((str(tmp_path / "nowhere"), "key")))
        run(notebook(tmp_path / "in.ipynb", "print(1)"), tmp_path / "out.ipynb")
        assert "what secrets it learns is not known here" in caplog.text
        assert record(tmp_path / "out.ipynb")[0] == ["ok"]

    def test_text_that_is_no_unicode(self, tmp_path: Path) -> None:
        run(notebook(tmp_path / "in.ipynb", "print(1)", "'a\\ud800b'"), tmp_path / "out.ipynb")
        assert record(tmp_path / "out.ipynb")[0] == ["ok", "ok"]

    @pytest.mark.parametrize(
        ("last", "options", "error"),
        [
            ("import sys; sys.exit(1)", {}, NotebookError),
            ("import sys; sys.exit(0)", {}, NotebookError),
            ("exit()", {}, NotebookError),
            ("import os; os.kill(os.getpid(), 9)", {}, RuntimeError),
            ("import time; time.sleep(60)", {"execution_timeout": 3}, TimeoutError),
            ("1/0", {}, PapermillExecutionError),
        ],
    )
    def test_banner(self, tmp_path: Path, last: str, options: dict[str, int], error: type[Exception]) -> None:
        with pytest.raises(error):
            run(notebook(tmp_path / "in.ipynb", "print(1)", last, "print(3)"), tmp_path / "out.ipynb", **options)
        cells = record(tmp_path / "out.ipynb")[2].cells
        assert [cell.metadata.tags for cell in cells] == [
            ["papermill-error-cell-tag"], [], ["papermill-error-cell-tag"], [], [],
        ]  # fmt: skip
        assert '<a href="#papermill-error-cell">' in cells[0].source
        assert 'id="papermill-error-cell"' in cells[2].source
