"""Secrets are taken out by value, however they are spelled."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from runbook_lib import files, redaction

CANARY = 'pa"ss/<wörd>&7'


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_registered", set())
    for name in redaction.SECRET_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "spelling",
    [
        CANARY,
        json.dumps(CANARY)[1:-1],
        json.dumps(CANARY, ensure_ascii=False)[1:-1],
        html.escape(CANARY),
        html.escape(CANARY, quote=False),
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode(),
    ],
)
def test_every_spelling_goes(spelling: str) -> None:
    redaction.register(CANARY)
    assert redaction.redact(f"before {spelling} after") == "before [redacted] after"


@pytest.mark.parametrize("name", redaction.SECRET_VARIABLES)
def test_credentials_in_the_environment_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "environment-secret")
    assert redaction.redact("environment-secret") == redaction.MASK


def test_longer_secret_leaves_no_tail() -> None:
    redaction.register("secret-one")
    redaction.register("secret-one-and-more")
    assert redaction.redact("x secret-one-and-more y") == "x [redacted] y"


def test_short_values_do_not_mask_half_the_text() -> None:
    redaction.register("test")
    assert redaction.redact("a test") == "a test"


def test_the_passphrase_file_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "passphrase").write_text("from-a-file\n")
    monkeypatch.setenv(redaction.PASSPHRASE_FILE, str(tmp_path / "passphrase"))
    assert redaction.redact("is from-a-file") == "is [redacted]"
    monkeypatch.setenv(redaction.PASSPHRASE_FILE, str(tmp_path / "missing"))
    assert redaction.redact("is from-a-file") == "is from-a-file"


def test_a_password_in_the_backends_url_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(redaction.BACKEND, "postgres://runbook:back%2Fend-secret@db/state")
    assert redaction.redact("back/end-secret back%2Fend-secret") == "[redacted] [redacted]"


@pytest.mark.parametrize("write", [files.write_once, files.write_atomic])
def test_no_record_is_written_with_a_secret(write: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    redaction.register(CANARY)
    write(tmp_path / "record", f"before {CANARY} after".encode())
    assert (tmp_path / "record").read_text() == "before [redacted] after"
    write(tmp_path / "bytes", b"\xff" + CANARY.encode())  # no text: nothing may be changed in it
    assert (tmp_path / "bytes").read_bytes() == b"\xff" + CANARY.encode()
