"""Records are redacted over their structure: every text in them, nothing else, and the original stays as it is."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.redaction.secrets_of_odd_shapes import PEM, WORDS

from runbook_lib import redaction
from runbook_lib.errors import RecordError
from runbook_lib.ledger import Ledger
from runbook_lib.redaction import known, redact_json, redact_notebook, redact_values

SECRET = "s3cret/of-a-test"
MASKED = "[redacted:it]"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12) | st.just(f"x {SECRET} y"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture
def it() -> None:
    redaction.register(SECRET, "it")


def notebook(*outputs: Any, source: str = "1", **metadata: Any) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(source, outputs=[nbformat.from_dict(output) for output in outputs])
    return nbformat.v4.new_notebook(cells=[cell], metadata=metadata)


def stream(text: Any, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def texts(made: nbformat.NotebookNode) -> list[Any]:
    return [output.text for output in redact_notebook(made).cells[0].outputs]


@pytest.mark.usefixtures("it")
class TestNotebook:
    def test_source_is_masked_in_the_copy_only(self) -> None:
        made = notebook(source=f"connect({SECRET!r})")
        assert redact_notebook(made).cells[0].source == f"connect('{MASKED}')"
        assert made.cells[0].source == f"connect({SECRET!r})"

    def test_two_flushed_halves(self) -> None:
        assert texts(notebook(stream(f"a {SECRET[:5]}"), stream(f"{SECRET[5:]} b"))) == [f"a {MASKED}", " b"]

    def test_halves_with_the_other_stream_between(self) -> None:
        made = notebook(stream(SECRET[:5]), stream("warning\n", "stderr"), stream(SECRET[5:]))
        assert texts(made) == [MASKED, "warning\n", ""]

    def test_halves_with_a_picture_between(self) -> None:
        picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": {}}
        clean = redact_notebook(notebook(stream(SECRET[:5]), picture, stream(SECRET[5:]))).cells[0].outputs
        assert [clean[0].text, clean[1].data, clean[2].text] == [MASKED, picture["data"], ""]

    def test_one_half_on_each_stream(self) -> None:
        assert texts(notebook(stream(SECRET[:5]), stream(SECRET[5:], "stderr"))) == [MASKED, ""]

    def test_a_letter_at_a_time(self) -> None:
        assert texts(notebook(*(stream(letter) for letter in SECRET))) == [MASKED, *[""] * (len(SECRET) - 1)]

    def test_lines_as_a_file_has_them(self) -> None:
        assert texts(notebook(stream([f"a {SECRET[:5]}", SECRET[5:], " b"]))) == [[f"a {MASKED}", "", " b"]]

    def test_colours_between_letters(self) -> None:
        assert texts(notebook(stream("\x1b[31m" + "\x1b[0m\x1b[1;32m".join(SECRET) + "\x1b[0m"))) == [f"\x1b[31m{MASKED}\x1b[0m"]

    @pytest.mark.parametrize(
        "kind", ["text/plain", "text/html", "text/latex", "text/markdown", "image/svg+xml", "application/javascript"]
    )
    @pytest.mark.parametrize("as_lines", [False, True])
    def test_data_of_every_type(self, kind: str, as_lines: bool) -> None:  # noqa: FBT001 - a parameter of the test
        text = [f"a {SECRET[:6]}", f"{SECRET[6:]} b"] if as_lines else f"a {SECRET} b"
        made = notebook({"output_type": "display_data", "data": {kind: text}, "metadata": {"note": SECRET}})
        clean = redact_notebook(made).cells[0].outputs[0]
        assert "".join(clean.data[kind]) == f"a {MASKED} b"
        assert clean.metadata == {"note": MASKED}

    def test_json_data_is_walked(self) -> None:
        value = {"key": [1, SECRET, {"n": 1.5, "inner": json.dumps({"p": SECRET})}], "id": "vpc-0a1b2c"}
        made = notebook(
            {"output_type": "execute_result", "execution_count": 1, "data": {"application/json": value}, "metadata": {}}
        )
        clean = redact_notebook(made).cells[0].outputs[0].data["application/json"]
        assert clean == {"key": [1, MASKED, {"n": 1.5, "inner": f'{{"p": "{MASKED}"}}'}], "id": "vpc-0a1b2c"}

    def test_errors(self) -> None:
        lines = ["Traceback", f"----> 1 f({SECRET[:7]}", f"{SECRET[7:]})"]
        made = notebook({"output_type": "error", "ename": "ValueError", "evalue": f"bad {SECRET}", "traceback": lines})
        clean = redact_notebook(made).cells[0].outputs[0]
        assert (clean.ename, clean.evalue) == ("ValueError", f"bad {MASKED}")
        assert clean.traceback == ["Traceback", f"----> 1 f({MASKED}", ")"]

    def test_parameters_in_the_metadata(self) -> None:
        made = notebook(papermill={"parameters": {"password": SECRET, "environment": "staging", "n": 3}})
        assert redact_notebook(made).metadata.papermill.parameters == {"password": MASKED, "environment": "staging", "n": 3}

    def test_attachments_and_words(self) -> None:
        made = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_markdown_cell(f"*{SECRET}*", attachments={"a": {"text/plain": SECRET}})]
        )
        clean = redact_notebook(made).cells[0]
        assert (clean.source, clean.attachments) == (f"*{MASKED}*", {"a": {"text/plain": MASKED}})

    def test_what_has_no_secret_is_the_same(self) -> None:
        made = notebook(stream("hello\n"), source="print('hello')", kernelspec={"name": "python3", "display_name": "Python 3"})
        assert nbformat.writes(redact_notebook(made)) == nbformat.writes(made)

    def test_names_in_a_notebook_that_are_secrets(self) -> None:
        redaction.register("Qz7kXw9PmLt4Vb2N", "id")
        code = nbformat.v4.new_code_cell(
            "1", id="Qz7kXw9PmLt4Vb2N", metadata={"tags": ["Qz7kXw9PmLt4Vb2N", "a", SECRET, SECRET.replace("/", "%2F")]}
        )
        text = nbformat.v4.new_markdown_cell(
            "![](attachment:Qz7kXw9PmLt4Vb2N.png)", attachments={"Qz7kXw9PmLt4Vb2N.png": {"image/png": "aGVsbG8="}}
        )
        clean = redact_notebook(nbformat.v4.new_notebook(cells=[code, text]))
        nbformat.validate(clean)
        assert "Qz7kXw9PmLt4Vb2N" not in nbformat.writes(clean)
        assert clean.cells[0].id == "redacted-0"
        assert clean.cells[0].metadata.tags == ["[redacted:id]", "a", MASKED]
        assert clean.cells[1].attachments == {"[redacted:id].png": {"image/png": "aGVsbG8="}}
        assert clean.cells[1].source == "![](attachment:[redacted:id].png)"
        assert "withheld" not in clean.metadata.get("runbook", {})

    @pytest.mark.parametrize(
        "secret", ['"cell_type": "code"', '  "outputs": [', '"output_type": "stream",\n', '],\n   "source": [']
    )
    def test_a_secret_that_is_only_punctuation(self, secret: str) -> None:
        redaction.register(secret, "passphrase")
        made = notebook(stream("hello\n"), source="print('hello')")
        assert redact_notebook(made) == made
        said = redact_notebook(notebook(stream(f"it is {secret}!\n"), source="1"))
        assert secret.strip() not in said.cells[0].outputs[0].text
        assert "[redacted:passphrase]" in said.cells[0].outputs[0].text
        nbformat.validate(said)

    def test_what_stands_beside_the_cells_is_looked_at_too(self) -> None:
        made = notebook(stream("hello\n"))
        made[SECRET] = "what no notebook has here"
        clean = redact_notebook(made)
        assert SECRET not in nbformat.writes(clean)
        assert clean.metadata.runbook.withheld == [MASKED]

    def test_a_key_that_is_one_is_withheld_and_said(self) -> None:
        made = notebook({"output_type": "display_data", "data": {"application/json": {SECRET: 1, "b": 2}}, "metadata": {}})
        clean = redact_notebook(made)
        assert SECRET not in nbformat.writes(clean)
        assert clean.cells[0].outputs[0].data["application/json"]["b"] == 2
        assert clean.metadata.runbook.withheld == [MASKED]
        nbformat.validate(clean)


def test_a_keys_lines_wherever_they_are() -> None:
    redaction.register(PEM, "key")
    body = PEM.splitlines()[1:-1]
    for made in (
        stream(PEM),
        stream(PEM, "stderr"),
        stream(PEM.splitlines(keepends=True)),
        stream("\n".join(f"    {line}" for line in body)),
    ):
        assert not any(line in str(texts(notebook(made))) for line in body)
    html = {
        "output_type": "display_data",
        "data": {"text/html": [f"<pre>{line}</pre>\n" for line in PEM.splitlines()]},
        "metadata": {},
    }
    assert not any(line in str(redact_notebook(notebook(html)).cells[0].outputs) for line in body)
    assert redaction.redact(f"only {body[1]}") == "only [redacted:key:line]"


class TestValues:
    @given(JSON)
    def test_only_strings_with_a_secret_change(self, value: Any) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(known, "KNOWN", known.Known())
            redaction.register(SECRET, "it")
            before = copy.deepcopy(value)
            clean = redact_values(value)
        assert value == before
        assert SECRET not in json.dumps([clean])
        assert json.loads(json.dumps(value).replace(SECRET, MASKED)) == clean

    @pytest.mark.usefixtures("it")
    def test_a_document_keeps_its_spelling(self) -> None:
        assert redact_json('{"a":1.50,  "b":"é"}\n') == '{"a":1.50,  "b":"é"}\n'
        assert redact_json(f'{{"a": 1, "b": "{SECRET}"}}\n') == f'{{"a": 1, "b": "{MASKED}"}}\n'

    @pytest.mark.usefixtures("it")
    def test_in_a_ledger_its_facts_alone(self, tmp_path: Any) -> None:
        ledger = Ledger(tmp_path / "ledger.jsonl")
        ledger.append("run.started", run="20261125T101500Z-a1b2c3", reason=f"because {SECRET}", digest="ab" * 32)
        ledger.append("step.failed", error=json.dumps({"said": SECRET}))
        first, second = ledger.events()
        assert (first["reason"], first["digest"], first["run"]) == (f"because {MASKED}", "ab" * 32, "20261125T101500Z-a1b2c3")
        assert second["error"] == f'{{"said": "{MASKED}"}}'


RECORD = {
    "run": "20261125T101500Z-a1b2c3", "environment": "production", "state": "finished", "previous": "0" * 64, "n": 20261125,
    "aws:region": "us-east-1", "backend": "file:///var/lib/payments", "event": "step.finished", "at": "2026-11-25T10:15:00+00:00",
    "why": "teardown of the rehearsal database: function, resource and password of the operator succeeded in eu-central-1",
    "endpoint": "http://127.0.0.1:4566", "other": "postgres 20261126T101500Z-a1b2c3",
}  # fmt: skip


@pytest.mark.parametrize("variable", ["PULUMI_CONFIG_PASSPHRASE", "AWS_SECRET_ACCESS_KEY"])
@pytest.mark.parametrize("word", WORDS)
def test_an_ordinary_word_changes_nothing(
    word: str, variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(variable, word)
    assert redact_values(RECORD) == RECORD
    assert redaction.redact(json.dumps(RECORD)) == json.dumps(RECORD)
    made = notebook(stream(json.dumps(RECORD)), papermill={"parameters": RECORD})
    assert redact_notebook(made) == made
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for _ in range(3):
        ledger.append("step.finished", **{key: value for key, value in RECORD.items() if key not in {"event", "at", "previous"}})
    assert [event["run"] for event in ledger.events()] == [RECORD["run"]] * 3
    assert [record.args[0] for record in caplog.records if record.args] == [variable]  # said, and once


@pytest.mark.usefixtures("it")
def test_input_is_written_as_it_is_or_not_at_all(tmp_path: Any) -> None:
    from runbook_lib import files

    with pytest.raises(RecordError, match=r"redacted:it"):
        files.write_atomic(tmp_path / "Pulumi.yaml", f"key: {SECRET}\n".encode(), exact=True)
    assert list(tmp_path.iterdir()) == []
