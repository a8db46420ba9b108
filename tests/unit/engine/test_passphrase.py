"""The passphrase secrets provider, against a value that the real command made."""

from __future__ import annotations

import pytest

from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.passphrase import Crypter

# Made by pulumi 3.260 with the passphrase "pass": a stack's salt, and `config set --secret` of "hunter2".
SALT = "v1:SvmBsqJj5pw=:v1:JmW4JRlxDxYESMzQ:N+r0TWnR9ZUTcMWfLi9anm3EHDDyvw=="
CIPHERTEXT = "v1:BOCHpHpZ/v9tmKs6:lqywhNLrONe7CUP5cwS0xexGbKuA/D0="


def test_reads_what_the_real_command_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key derivation and cipher are Pulumi's."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "pass")
    crypter = Crypter(SALT)
    crypter.check()
    assert crypter.decrypt(CIPHERTEXT) == "hunter2"


def test_a_wrong_passphrase_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is done with it."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "guess")
    with pytest.raises(EngineError, match="incorrect passphrase"):
        Crypter(SALT).check()


def test_no_passphrase_names_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """That would give one."""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    with pytest.raises(EngineError, match="PULUMI_CONFIG_PASSPHRASE_FILE"):
        Crypter(SALT).check()
