"""What reads like ordinary text is no secret that could be masked; what does not is one, however people made it up."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from unit.redaction.secrets_of_odd_shapes import ODD, WORDS

from runbook_lib import operations, redaction
from runbook_lib.errors import UsageError
from runbook_lib.redaction import guessable, ordinary


class Nobody:
    """A display that must not be asked."""

    def said(self, line: str) -> None:
        raise AssertionError(line)


@pytest.mark.parametrize(
    "word",
    [*WORDS, "short", "aaaaaaaaaa", "step.finished", "canned reply", "notebook.started", "PostgreSQL", "payments-database"],
)
def test_ordinary(word: str) -> None:
    assert ordinary(word)
    assert guessable(word)


@pytest.mark.parametrize(
    "secret", [*ODD, "hunter2x", "Tr0ub4dor&3", "correct horse battery staple", "wJalrXUtnFEMI", secrets.token_urlsafe(24)]
)
def test_not_ordinary(secret: str) -> None:
    assert not ordinary(secret)


@pytest.mark.parametrize("secret", ["hunter2hunter2", "Passw0rd1", "qwertyuiop1"])
def test_guessable_ones_are_masked_where_others_chose_them(secret: str) -> None:
    assert guessable(secret)
    assert not ordinary(secret)


@pytest.mark.parametrize("word", [*WORDS, "hunter2hunter2"])
@pytest.mark.parametrize("given", ["as it is", "in a file"])
def test_a_weak_passphrase_is_refused_before_anything(
    word: str,
    given: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("RUNBOOK_OUTPUTS", str(tmp_path))
    if given == "in a file":
        (tmp_path / "phrase").write_text(f"{word}\n")
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "phrase"))
    else:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", word)
    with pytest.raises(UsageError, match="too weak") as refused:
        operations.run_chosen("staging", ["01_version_discovery"], {}, run_id="", reason="", display=Nobody())
    assert "change-secrets-provider" in refused.value.remedy
    assert word not in refused.value.message


def test_a_random_passphrase_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", secrets.token_urlsafe(24))
    assert not redaction.weak_passphrase()
