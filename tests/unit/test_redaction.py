"""Secrets are taken out by value, however they are spelled."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from runbook_lib import redaction

CANARY = 'pa"ss/wörd+7'


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_registered", set())
    for name in redaction.SECRET_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "spelling", [CANARY, json.dumps(CANARY)[1:-1], quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode()]
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
