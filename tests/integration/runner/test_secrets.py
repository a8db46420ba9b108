"""No file of a run holds a secret, wherever the kernel got it from and however it said it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from integration.runner.notebooks import held, notebook, papermill_command, record, run
from papermill.exceptions import PapermillExecutionError
from unit.redaction.secrets_of_odd_shapes import PEM

from runbook_lib import redaction

SECRET = "s3cret/of-a-kernel"


pytestmark = pytest.mark.usefixtures("home")


class SecretsManager(BaseHTTPRequestHandler):
    """As much of AWS as answers one question."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Name": "payments", "SecretString": json.dumps({"username": "app", "password": SECRET})}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def secrets_manager() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), SecretsManager)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


READ = """\
import boto3, json
at = dict(endpoint_url={url!r}, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
word = json.loads(boto3.client("secretsmanager", **at).get_secret_value(SecretId="payments")["SecretString"])["password"]
print(word)
"""


@pytest.mark.usefixtures("start")
class TestLearned:
    def test_a_value_of_secrets_manager(self, tmp_path: Path, secrets_manager: str) -> None:
        cells = (READ.format(url=secrets_manager), "word", "raise ValueError(f'cannot log in with {word}')")
        with pytest.raises(PapermillExecutionError) as raised:
            run(notebook(tmp_path / "in.ipynb", *cells), tmp_path / "out.ipynb")
        states, _, found = record(tmp_path / "out.ipynb")
        assert states == ["ok", "ok", "failed"]
        assert "[redacted:secretsmanager:SecretString:password]" in raised.value.evalue
        assert held(tmp_path, SECRET) == []
        assert json.dumps(found).count("[redacted:secretsmanager:SecretString:password]") >= 4

    def test_what_is_learned_between_two_cells(self, tmp_path: Path) -> None:
        later = (
            "from runbook_lib import redaction\n"
            "kernel = get_ipython().kernel\npublish = kernel._publish_status\n"
            "def once_idle(status, *rest, **more):\n"
            "    publish(status, *rest, **more)\n"
            "    if status == 'idle':\n"
            "        kernel._publish_status = publish\n"
            "        redaction.register('s3cret/' + 'of-a-kernel')\n"
            "kernel._publish_status = once_idle"
        )
        run(notebook(tmp_path / "in.ipynb", later, "print('s3cret/' + 'of-a-kernel')"), tmp_path / "out.ipynb")
        assert record(tmp_path / "out.ipynb")[2].cells[1].outputs[0].text == "[redacted]\n"

    def test_what_a_forked_child_learns(self, tmp_path: Path) -> None:
        learn = (
            "import os\nfrom runbook_lib import redaction\ndef learn(_):\n    redaction.register('f0rked-' + 'word-7f', 'word')\n"
        )
        fork = learn + (
            "    os.write(2, b'f0rked-' + b'word-7f\\n')\n    return 'f0rked-' + 'word-7f'\n"
            "if os.fork() == 0:\n    learn(1)\n    os._exit(0)\nos.wait()"
        )
        pool = learn.replace("f0rked", "p00led") + (
            "    return 'p00led-' + 'word-7f'\n"
            "import multiprocessing\nfrom concurrent.futures import ProcessPoolExecutor\n"
            "with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('fork')) as pool: print(*pool.map(learn, [1]))"
        )
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        command = [*papermill_command(), notebook(tmp_path / "in.ipynb", fork, pool), tmp_path / "out.ipynb"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        cells = record(tmp_path / "out.ipynb")[2].cells
        for secret in ("f0rked-word-7f", "p00led-word-7f"):
            assert secret not in done.stdout + done.stderr
            assert held(tmp_path, secret) == []
        assert "attempted to send" not in done.stderr
        assert cells[0].outputs[0].text == "[redacted:word]\n"
        assert cells[1].outputs[0].text == "[redacted:word]\n"

    def test_the_set_up_leaves_nothing_behind(self, tmp_path: Path) -> None:
        look = "print([name for name in dir() if not name.startswith('_')], len(In), _)"
        run(notebook(tmp_path / "in.ipynb", look), tmp_path / "out.ipynb")
        cell = record(tmp_path / "out.ipynb")[2].cells[0]
        assert cell.outputs[0].text == "['In', 'Out', 'exit', 'get_ipython', 'open', 'quit'] 2 \n"
        assert cell.execution_count == 1


PULUMI = """\
import os
os.environ.update(PULUMI_CONFIG_PASSPHRASE="phr4se-of-a-test", PULUMI_HOME="{folder}/ph")
os.environ["PULUMI_BACKEND_URL"] = "file://{folder}/state"
from pulumi.automation import *
work = LocalWorkspace(work_dir="{folder}/project", pulumi_command=PulumiCommand(root="{root}"), secrets_provider="passphrase")
stack = Stack.create_or_select("dev", work)
stack.set_config("key", ConfigValue("{secret}", secret=True))
print(stack.get_config("key").value)
"""


def test_secrets_of_a_stack(tmp_path: Path) -> None:
    """Its configuration and its outputs, when a cell asks for them."""
    for name in ("state", "ph", "project"):
        (tmp_path / name).mkdir()
    (tmp_path / "project/Pulumi.yaml").write_text("name: p\nruntime: python\n")
    (tmp_path / "project/__main__.py").write_text(
        "import pulumi\nkey = pulumi.Config().require_secret('key')\npulumi.export('word', key.apply(lambda k: k[::-1]))\n"
    )
    root = Path(redaction.__file__).parents[1] / "rehearsal"
    source = PULUMI.format(folder=tmp_path, root=root, secret=SECRET)
    up = "stack.up(); print(stack.outputs()['word'].value)"
    made = notebook(tmp_path / "in.ipynb", source, up, "raise ValueError(stack.outputs()['word'].value)")
    with pytest.raises(PapermillExecutionError):
        run(made, tmp_path / "out.ipynb")
    text = (tmp_path / "out.ipynb").read_text()
    assert SECRET not in text
    assert SECRET[::-1] not in text
    assert text.count("[redacted:pulumi:word]") >= 3
    assert "[redacted:pulumi:key]" in text


PROFILE = f"[payments]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\n"


@pytest.mark.parametrize("variable", ["", "AWS_SHARED_CREDENTIALS_FILE"])
def test_a_profile_that_a_strangers_notebook_prints(variable: str, tmp_path: Path, home: Path) -> None:
    """The credentials are in no variable, and its kernel knows no runbook: it only reads a file."""
    path = tmp_path / "elsewhere" if variable else home / ".aws/credentials"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PROFILE)
    source = notebook(tmp_path / "in.ipynb", f"print(open({str(path)!r}).read())", f"open({str(path)!r}).read().encode()")
    command = [sys.executable, "-m", "papermill", "--engine", "runbook", "--no-progress-bar", source, tmp_path / "out.ipynb"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **({variable: str(path)} if variable else {})})
    found = record(tmp_path / "out.ipynb")[2]
    assert SECRET not in (tmp_path / "out.ipynb").read_text()
    assert found.cells[0].outputs[0].text == PROFILE.replace(SECRET, "[redacted:aws_secret_access_key]") + "\n"


def test_a_passphrase_of_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key.pem").write_text(PEM)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "key.pem"))
    read = f"text = open({str(tmp_path / 'key.pem')!r}).read()"
    show = "import sys\nfrom IPython.display import HTML, Latex, display\nprint(text)\nprint(text, file=sys.stderr)\n"
    source = notebook(
        tmp_path / "in.ipynb", read, show + "display(HTML(f'<pre>{text}</pre>'), Latex(text), {'text': text})\ntext"
    )
    run(source, tmp_path / "out.ipynb")
    text = (tmp_path / "out.ipynb").read_text()
    assert [line for line in PEM.splitlines()[1:-1] if line in text] == []


def test_the_original_is_executed_and_its_record_is_masked(tmp_path: Path) -> None:
    redaction.register("c0nnect_t0", "it")
    source = notebook(
        tmp_path / "in.ipynb", "def c0nnect_t0(x): return x * 2", "print(c0nnect_t0(21))", "assert c0nnect_t0(1) == 2"
    )
    before = source.read_bytes()
    run(source, tmp_path / "out.ipynb")
    states, _, found = record(tmp_path / "out.ipynb")
    assert states == ["ok", "ok", "ok"]
    assert found.cells[0].source == "def [redacted:it](x): return x * 2"
    assert found.cells[1].outputs[0].text == "42\n"
    assert source.read_bytes() == before


def test_a_masked_cell_does_not_cost_the_next_one_its_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    cells = ("import os; print(os.environ['AWS_SECRET_ACCESS_KEY'])", "print('a line')\nraise ValueError('boom')")
    with pytest.raises(PapermillExecutionError, match="boom"):
        run(notebook(tmp_path / "in.ipynb", *cells), tmp_path / "out.ipynb")
    found = [cell for cell in record(tmp_path / "out.ipynb")[2].cells if cell.cell_type == "code"]
    assert found[0].outputs[0].text == "[redacted:AWS_SECRET_ACCESS_KEY]\n"
    assert (found[1].outputs[0].text, found[1].outputs[1].evalue) == ("a line\n", "boom")
