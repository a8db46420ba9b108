"""Odd things that notebooks do: none shows a secret, holds up its runner, or passes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from integration.runner.notebooks import held, notebook, papermill_command, record

WORD = "'s3cret-Of' + '-something-0dd'"
LEARN = f"from runbook_lib import redaction\nword = {WORD}\n"
SECRET = "s3cret-Of-something-0dd"


def ran(folder: Path, *cells: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Papermill's command line, whose kernels take in what a cell's programs say."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [*papermill_command(), *options, str(notebook(folder / "in.ipynb", *cells)), str(folder / "out.ipynb")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


class TestSecrets:
    @pytest.mark.parametrize(
        "cell",
        [
            "redaction.register(word, None)\nprint(word)",
            "redaction.register(word)\nimport sys\nsys.__stderr__.write('z' * 999_980 + word + 'tail\\n')",
            "redaction.register(word)\nfrom IPython.display import display\ndisplay({'text/plain': {word: 1}}, raw=True)",
            (
                "deep = '[' * 5000 + '\"' + word + '\"' + ']' * 5000\n"
                "try:\n    redaction.register(deep)\nexcept RecursionError:\n    1 / 0\nprint(word)"
            ),
            (
                "taken = []\ntry:\n    while True: taken.append(open('/dev/null'))\nexcept OSError: pass\n"
                "try:\n    redaction.register(word)\nfinally:\n    del taken\nprint(word)"
            ),
        ],
        ids=["no name", "beyond the limit", "in an error's own text", "too deep", "no descriptor left"],
    )
    def test_none_is_shown(self, tmp_path: Path, cell: str) -> None:
        done = ran(tmp_path, LEARN + cell)
        assert SECRET[:12] not in done.stdout + done.stderr
        assert held(tmp_path, SECRET[:12]) == []

    def test_what_is_described_on_the_progress_bar(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", LEARN + "redaction.register(word)", f"# papermill_description={SECRET}\n1")
        command = [word for word in papermill_command() if word != "--no-progress-bar"]
        done = subprocess.run([*command, source, tmp_path / "out.ipynb"], capture_output=True, text=True, check=True)
        assert "Executing [redacted]" in done.stderr
        assert SECRET not in done.stdout + done.stderr


def test_a_stream_of_another_name(tmp_path: Path) -> None:
    says = "k = get_ipython().kernel\nk.send_response(k.iopub_socket, 'stream', {'name': 'another', 'text': 'said'})"
    done = ran(tmp_path, says, options=("--log-output",))
    assert done.returncode == 0, done.stderr
    assert "said" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_deaf_kernel_is_not_waited_for(tmp_path: Path, number: signal.Signals) -> None:
    begun = tmp_path / "begun"
    deaf = f"import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nopen({str(begun)!r}, 'w')\ntime.sleep(600)"
    source = notebook(tmp_path / "in.ipynb", deaf)
    with subprocess.Popen([*papermill_command(), source, tmp_path / "out.ipynb"], stderr=subprocess.DEVNULL) as runner:
        while not begun.exists():
            assert runner.poll() is None
            time.sleep(0.05)
        runner.send_signal(number)
        assert runner.wait(60) != 0
    assert record(tmp_path / "out.ipynb")[0] == ["interrupted"]
