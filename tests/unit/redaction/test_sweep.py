"""The last look: no secret that redaction left in a record reaches the disk, and the rest of the record does."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runbook_lib import files, redaction
from runbook_lib.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = 's3cret/of "a" test'
MASKED = "[redacted:it]"


@pytest.fixture(autouse=True)
def it() -> None:
    redaction.register(SECRET, "it")


@pytest.mark.parametrize("write", [files.write_once, files.write_atomic])
def test_a_key_is_withheld_and_the_rest_is_kept(write: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    content = {"kept": [1, "é"], "of": {SECRET: {"deep": True}, "other": 2}}
    with pytest.raises(RecordError) as raised:
        write(tmp_path / "02_plan.json", json.dumps(content).encode())
    assert "02_plan.json" in raised.value.message
    assert MASKED in raised.value.message
    assert SECRET not in raised.value.diagnostics()
    assert json.loads((tmp_path / "02_plan.json").read_text()) == {
        "kept": [1, "é"], "of": {f"[withheld] {MASKED}": "[withheld]", "other": 2},
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["02_plan.json"]


def test_a_number_is_withheld(tmp_path: Path) -> None:
    redaction.register("48151623424815162342", "number")
    with pytest.raises(RecordError, match="redacted:number"):
        files.write_once(tmp_path / "a.json", b'{"n": 48151623424815162342, "m": 4815162342}')
    assert json.loads((tmp_path / "a.json").read_text()) == {"n": "[withheld] [redacted:number]", "m": 4815162342}


def test_an_encoded_one_in_a_key_is_found(tmp_path: Path) -> None:
    for number, spelled in enumerate([base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex(), json.dumps(SECRET)]):
        with pytest.raises(RecordError):
            files.write_once(tmp_path / f"{number}.json", json.dumps({spelled: 1}).encode())
        assert spelled not in (tmp_path / f"{number}.json").read_text()


def test_text_is_masked_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        files.write_once(tmp_path / "junit.xml", f"<a>{SECRET}</a>\n".encode())
    assert (tmp_path / "junit.xml").read_text() == f"<a>{MASKED}</a>\n"


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    files.write_once(tmp_path / "bytes", b"\xff\xfe\x00")
    assert (tmp_path / "bytes").read_bytes() == b"\xff\xfe\x00"
    with pytest.raises(RecordError):
        files.write_once(tmp_path / "more", b"\xff" + SECRET.encode() + b"\xfe")
    assert (tmp_path / "more").read_bytes() == b"\xff" + MASKED.encode() + b"\xfe"


def test_a_record_without_a_secret_is_written_byte_by_byte(tmp_path: Path) -> None:
    files.write_once(tmp_path / "a.json", b'{"a":  1.50}')
    assert (tmp_path / "a.json").read_bytes() == b'{"a":  1.50}'


def test_what_only_the_punctuation_spells_is_nobodys_secret(tmp_path: Path) -> None:
    redaction.register('"status": "completed"', "passphrase")
    for name, content in (
        ("a.json", b'{"status": "completed", "b": 1}'),
        ("ledger.jsonl", b'{"status": "completed"}\n{"b": 1}\n'),
    ):
        files.write_once(tmp_path / name, content)
        assert (tmp_path / name).read_bytes() == content


def test_lines_of_json_keep_their_structure(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="redacted:it"):
        files.write_once(tmp_path / "ledger.jsonl", b"".join(json.dumps({key: 1}).encode() + b"\n" for key in ("a", SECRET)))
    lines = (tmp_path / "ledger.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"a": 1}, {f"[withheld] {MASKED}": "[withheld]"}]
