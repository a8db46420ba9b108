"""A code is asked for once, in the process that has the terminal."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.credentials import RefreshableCredentials

from runbook_lib import mfa
from runbook_lib.aws import Aws, Target
from runbook_lib.preflight.reading import credentials

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "[profile ops]\nrole_arn = arn:aws:iam::111122223333:role/ops\nsource_profile = me\n"
SERIAL = "mfa_serial = arn:aws:iam::111122223333:mfa/ada\n"
END = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION")


class Session:
    """What botocore acts by once a code was typed; counts how often it would ask for another."""

    def __init__(self) -> None:
        self.asked = 0

    def credentials(self) -> Any:
        return RefreshableCredentials("ASIA", "secret", "token", END, self._ask, method="assume-role")

    def _ask(self) -> dict[str, str]:
        self.asked += 1
        return {"access_key": "a", "secret_key": "b", "token": "c", "expiry_time": END.isoformat()}


@pytest.fixture(autouse=True)
def _profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "ops")
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text(ROLE + SERIAL)


def test_whoever_is_started_meanwhile_acts_by_that_session() -> None:
    session = Session()
    with mfa.handed_on(cast("Any", session)):
        theirs = boto3.Session().get_credentials()
        assert (theirs.method, theirs.access_key, theirs.secret_key, theirs.token) == ("env", "ASIA", "secret", "token")
        found = credentials(Aws(Target(region="us-east-1")))
        assert (found.temporary, found.renewed, found.ends) == (True, False, END)
    assert session.asked == 0
    assert not set(KEYS).intersection(os.environ)


def test_a_profile_that_asks_for_none_renews_itself_everywhere(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(ROLE)
    with mfa.handed_on(cast("Any", Session())):
        assert not set(KEYS).intersection(os.environ)
