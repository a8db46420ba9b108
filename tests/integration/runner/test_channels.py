"""Thirty secrets, in every spelling, on every channel that a kernel has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.runner.notebooks import notebook, run
from papermill.exceptions import PapermillExecutionError
from unit.redaction.secrets_of_odd_shapes import ENCODED, ODD, SPELLINGS

from runbook_lib import redaction

CHANNELS = """\
import json, sys
from IPython.display import HTML, JSON, Latex, display
for one in json.loads(open({path!r}).read()):
    print(one)
    print(one, file=sys.stderr)
    half = len(one) // 2
    for part, stream in ((one[:half], sys.stdout), ("-", sys.stderr), (one[half:], sys.stdout)):
        print(part, end="", file=stream, flush=True)
    print()
    display(HTML(f"<td>{{one}}</td>"), Latex(one), JSON({{"value": [one]}}), {{"said": one}})
    display({{"text/plain": one, "text/markdown": one}}, raw=True, metadata={{"seen": one}})
"""


def test_thirty_secrets_in_every_spelling_on_every_channel(tmp_path: Path) -> None:
    """All at once in one notebook, then a search through the bytes of every file that is left."""
    outputs = tmp_path / "run"
    outputs.mkdir()
    for number, secret in enumerate(ODD):
        redaction.register(secret, f"s{number}")
    spelled = [how(secret) for secret in ODD for how in (*SPELLINGS.values(), *ENCODED.values())]
    (tmp_path / "said.json").write_text(json.dumps(spelled))
    fail = f"import json\nraise ValueError(chr(10).join(json.loads(open({str(tmp_path / 'said.json')!r}).read())))"
    source = notebook(tmp_path / "in.ipynb", "x = 1", CHANNELS.format(path=str(tmp_path / "said.json")), fail)
    with pytest.raises(PapermillExecutionError):
        run(source, outputs / "out.ipynb", parameters={"x": ODD[0], "y": list(ODD)})
    left = {path.name: path.read_text() for path in outputs.rglob("*") if path.is_file()}
    assert left
    unread = [json.loads(text) for text in left.values()]
    for text in (*left.values(), *_strings(unread)):
        for secret in ODD:
            assert secret not in text
            assert json.dumps(secret)[1:-1] not in text
    for said in _strings(unread):
        for one in spelled:
            assert one not in said, one


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)
