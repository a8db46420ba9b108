"""A runner that is behind its kernel hears all that the kernel says, and shows nothing that the kernel has learned meanwhile."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from integration.runner.notebooks import held, notebook, record, run
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from runbook_lib.kernel.masked import logger

LINES = 3_000
FLOOD = f"from IPython.display import display\nfor i in range({LINES}):\n    print('line', i, flush=True)\n    display(i)\n"
"""More messages than ZeroMQ keeps for a reader and the system's sockets hold."""
LEARN = "from runbook_lib import redaction\nword = 'b3hind/' + 'it-all'\nredaction.register(word, 'word')\n"
ECHO = "get_ipython().system_raw(f'echo {word}')\n"


class Slow(logging.Handler):
    """A log that takes its time: in all, longer than nbclient waits for a cell's output."""

    def emit(self, _: logging.LogRecord) -> None:
        time.sleep(0.0015)


@pytest.fixture
def behind() -> Iterator[None]:
    """Puts the runner behind its kernel."""
    slow = Slow()
    logger.addHandler(slow)
    logger.setLevel(logging.INFO)
    yield
    logger.setLevel(logging.NOTSET)
    logger.removeHandler(slow)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs a notebook whose kernel takes in what a cell's programs say, which it does not under pytest."""

    def heard(source: Path, output: Path, **options: object) -> None:
        monkeypatch.delenv("PYTEST_CURRENT_TEST")
        run(source, output, log_output=True, **options)

    return heard


def code(output: Path) -> list[NotebookNode]:
    """The code cells on record."""
    return [cell for cell in record(output)[2].cells if cell.cell_type == "code"]


def said(cell: NotebookNode) -> str:
    """All of its standard output, when all of its displays are there."""
    assert sum(one.output_type == "display_data" for one in cell.outputs) == LINES
    text = "".join(one.text for one in cell.outputs if one.output_type == "stream")
    assert [int(number) for number in re.findall(r"^line (\d+)$", text, re.MULTILINE)] == list(range(LINES))
    return text


@pytest.mark.usefixtures("behind")
def test_nothing_is_lost_of_a_kernel_that_dies(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], heard: Callable[..., None]
) -> None:
    """Neither what it said nor what it had learned, of which its own last words tell."""
    output = tmp_path / "out.ipynb"
    dies = FLOOD + LEARN + ECHO + "import os, time\ntime.sleep(0.5)\nos.kill(os.getpid(), 9)"
    with pytest.raises(DeadKernelError):
        heard(notebook(tmp_path / "in.ipynb", dies), output)
    assert record(output)[0] == ["kernel_died"]
    assert "[redacted:word]" in said(code(output)[0])
    assert "b3hind" not in "".join(capfd.readouterr())
    assert held(tmp_path, "b3hind/it-all") == []


@pytest.mark.usefixtures("behind")
def test_nothing_is_lost_or_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str], heard: Callable[..., None]) -> None:
    output = tmp_path / "out.ipynb"
    source = notebook(tmp_path / "in.ipynb", FLOOD + LEARN + ECHO + "print(word)", "print('after')")
    heard(source, output, stdout_file=(copy := io.StringIO()))
    assert record(output)[0] == ["ok", "ok"]
    flood, after = code(output)
    assert said(flood).count("[redacted:word]\n") == copy.getvalue().count("[redacted:word]\n") == 2
    assert after.outputs[0].text == "after\n"
    shown = "".join(capfd.readouterr())
    assert "b3hind" not in shown
    assert "[redacted:word]" in shown


def test_what_work_says_while_it_saves_its_state(tmp_path: Path) -> None:
    works = "import time\nprint('at work', flush=True)\ntry:\n    time.sleep(60)\nfinally:\n    print('state saved')"
    with pytest.raises(TimeoutError):
        run(notebook(tmp_path / "in.ipynb", works, "print(2)"), tmp_path / "out.ipynb", execution_timeout=2)
    output = tmp_path / "out.ipynb"
    assert record(output)[0] == ["timed_out", "not_run"]
    assert [one.get("text") or one.ename for one in code(output)[0].outputs] == ["at work\nstate saved\n", "CellTimeoutError"]


NEVER_IDLE = "kernel = get_ipython().kernel\nkernel._publish_status = lambda *_, **__: None\nprint('said')"


def test_output_that_is_never_over_fails(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match="after 1 seconds"):
        run(notebook(tmp_path / "in.ipynb", NEVER_IDLE), tmp_path / "out.ipynb", iopub_timeout=1)
    assert record(tmp_path / "out.ipynb")[0] == ["timed_out"]


def test_output_that_is_never_over_is_on_record(tmp_path: Path) -> None:
    """Where it is asked for that it does not fail."""
    source = notebook(tmp_path / "in.ipynb", NEVER_IDLE)
    run(source, tmp_path / "out.ipynb", iopub_timeout=1, raise_on_iopub_timeout=False)
    states, _, found = record(tmp_path / "out.ipynb")
    assert states == ["ok"]
    assert found.cells[0].metadata.runbook["whole"] is False
    assert "may be missing" in found.cells[0].outputs[-1].text


class TestLate:
    """What an earlier cell still says is that cell's."""

    def test_a_task(self, tmp_path: Path) -> None:
        begins = (
            "import asyncio\nfrom IPython.display import display\nshown = display('begun', display_id=True)\n"
            "async def later():\n    await asyncio.sleep(0.3); print('task'); shown.update('over')\n"
            "task = asyncio.create_task(later())"
        )
        run(notebook(tmp_path / "in.ipynb", begins, "await asyncio.sleep(1)\nprint('second')"), tmp_path / "out.ipynb")
        first, second = code(tmp_path / "out.ipynb")
        assert [one.text for one in second.outputs] == ["second\n"]
        assert first.outputs[0].data["text/plain"] == "'over'"
        assert [one.text for one in first.outputs[1:]] == ["task\n"]


@pytest.mark.parametrize("tags", [(), ("raises-exception",)])
def test_error_that_is_not_shown(tmp_path: Path, tags: tuple[str, ...]) -> None:
    """A cell whose error the notebook hides, whether it may raise or not, has failed all the same, and it is on record why."""
    hides = "get_ipython().showtraceback = lambda *_, **__: None\n1 / 0"
    with pytest.raises(PapermillExecutionError):
        run(notebook(tmp_path / "in.ipynb", hides, tags=tags), tmp_path / "out.ipynb")
    assert record(tmp_path / "out.ipynb")[0] == ["failed"]
    assert [one.ename for one in code(tmp_path / "out.ipynb")[0].outputs] == ["ZeroDivisionError"]
