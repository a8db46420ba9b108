"""A parameter that a notebook declares secret is in no record of it, whatever it is."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from integration.runner.notebooks import held, notebook, record, run

SECRET = "s3cret/of-a-kernel"
pytestmark = pytest.mark.usefixtures("home")


def test_a_parameter_that_a_notebook_declares_secret(tmp_path: Path) -> None:
    source = notebook(tmp_path / "in.ipynb", 'word = ""  # secret: the database\'s\nplain = "" # not', "print(word, plain)")
    made = nbformat.read(source, as_version=4)
    made.cells[0].metadata["tags"] = ["parameters"]
    source.write_text(nbformat.writes(made))
    run(source, tmp_path / "out.ipynb", parameters={"word": SECRET, "plain": "n0t-a-secret-7f"})
    found = record(tmp_path / "out.ipynb")[2]
    assert held(tmp_path, SECRET) == []
    assert found.cells[-1].outputs[0].text == "[redacted:word] n0t-a-secret-7f\n"


def test_parameters_of_any_type_that_a_notebook_declares_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    declared = (
        "number = 0  # secret\nwhole: dict = {}  # secret: a database's\nlisted: list[str] = [  # secret\n]\n"
        "pin = 0  # secret\nusual: str = 'd3fault-of-a-test'  # secret\nplain = 0"
    )
    source = notebook(tmp_path / "in.ipynb", declared, "print(number, whole, listed, pin, usual, plain)")
    made = nbformat.read(source, as_version=4)
    made.cells[0].metadata["tags"] = ["parameters"]
    source.write_text(nbformat.writes(made))
    whole = {"user": "app", "password": "wh0le-of-a-test"}
    given = {"number": 4815162342481516234, "whole": whole, "listed": ["l1sted-of-a-test"], "pin": 4711, "plain": 3}
    run(source, tmp_path / "out.ipynb", parameters=given)
    found = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    for secret in ("4815162342481516234", "wh0le-of-a-test", "l1sted-of-a-test", "d3fault-of-a-test"):
        assert held(tmp_path, secret) == (["in.ipynb"] if secret.startswith("d3") else [])
    assert found.metadata.papermill.parameters == {
        **{name: f"[redacted:{name}]" for name in ("number", "whole", "listed", "pin")}, "plain": 3,
    }  # fmt: skip
    assert "4711" not in found.cells[1].source
    assert 'pin = "[redacted:pin]"' in found.cells[1].source
    assert "plain = 3" in found.cells[1].source
    assert "'user': 'app'" in found.cells[2].outputs[0].text
    assert [line.split(" is not masked")[0] for line in caplog.messages if "is not masked" in line] == ["pin"]
    nbformat.validate(found)
