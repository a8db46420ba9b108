"""Credentials of another account are refused before anything runs, and what is protected has to say which account is meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib import settings, way_in
from runbook_lib.aws import Aws
from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT, OTHER = "123456789012", "111122223333"


@pytest.fixture(autouse=True)
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS that knows us in ``ACCOUNT``."""
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a-passphrase-for-this-test")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setattr(Aws, "identity", lambda _aws: f"arn:aws:iam::{ACCOUNT}:user/ada")


def enter(name: str, **said: Any) -> None:
    with way_in.resolved(settings.environment(name).model_copy(update=said)):
        pass


def test_the_account_that_is_meant_is_taken() -> None:
    enter("staging", account=ACCOUNT)
    enter("production", account=ACCOUNT)
    enter("staging")


@pytest.mark.parametrize("name", ["staging", "production"])
def test_another_is_refused_with_both(name: str) -> None:
    with pytest.raises(UsageError, match=rf"user/ada, of account {ACCOUNT}; {name} is in {OTHER}"):
        enter(name, account=OTHER)


def test_what_is_protected_has_to_say_which() -> None:
    with pytest.raises(UsageError, match=r"production is protected, and production\.yaml does not say which account"):
        enter("production")


def test_two_files_that_say_different_regions_are_refused() -> None:
    with pytest.raises(
        UsageError, match=r"says region: eu-central-1, and stack/Pulumi\.staging\.yaml says aws:region: us-east-1"
    ):
        enter("staging", region="eu-central-1")


@pytest.mark.parametrize("account", ["12345", "1234567890123", "abcdefghijkl"])
def test_an_account_has_twelve_digits(account: str) -> None:
    given = {"environment": "staging", "region": "us-east-1", "account": account}
    with pytest.raises(ValueError, match="account"):
        settings.Environment.model_validate(given)
