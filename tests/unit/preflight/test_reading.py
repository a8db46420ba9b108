"""What is read of an account, as AWS answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.credentials import Credentials as Static
from botocore.credentials import JSONFileCache, RefreshableCredentials, SSOProvider
from botocore.stub import Stubber
from botocore.utils import SSOTokenLoader

from runbook_lib.aws import Aws, Target
from runbook_lib.preflight import needs_of, read
from runbook_lib.preflight.reading import EXPIRATION, credentials

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

END = datetime(2026, 11, 24, 4, tzinfo=UTC)
NEEDS = needs_of({}, tags={"Environment": "staging", "Suffix": "demo"})


def acting_by(found: Any, monkeypatch: pytest.MonkeyPatch) -> Aws:
    aws = Aws(Target(region="us-east-1"))
    monkeypatch.setattr(aws, "credentials", lambda: found)
    return aws


def test_keys_that_do_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found = credentials(acting_by(Static("AKIA", "s", method="env"), monkeypatch))
    assert (found.temporary, found.ends) == (False, None)


@pytest.mark.parametrize(
    ("told", "ends"), [("2026-11-24T04:00:00Z", END), ("2026-11-24T06:00:00+02:00", END), ("soon", None), (None, None)]
)
def test_a_token_in_the_environment_ends_when_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, told: str | None, ends: Any
) -> None:
    monkeypatch.delenv(EXPIRATION, raising=False)
    if told:
        monkeypatch.setenv(EXPIRATION, told)
    found = credentials(acting_by(Static("ASIA", "s", "token", method="env"), monkeypatch))
    assert (found.temporary, found.renewed, found.ends) == (True, False, ends)


@pytest.mark.parametrize(("method", "renewed"), [("assume-role", True), ("env", False)])
def test_what_botocore_renews(monkeypatch: pytest.MonkeyPatch, method: str, *, renewed: bool) -> None:
    made = RefreshableCredentials("ASIA", "s", "token", END, refresh_using=dict, method=method)
    found = credentials(acting_by(made, monkeypatch))
    assert (found.renewed, found.ends) == (renewed, END)


@pytest.mark.parametrize("named", ["session", "profile"])
@pytest.mark.parametrize("refresh", [True, False])
def test_a_sign_in_that_nothing_renews_ends_its_credentials(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, refresh: bool
) -> None:
    """With a refresh token botocore gets another; without one (``sso_start_url`` in a profile) nobody does."""
    url = "https://example.awsapps.com/start"
    session = f"[sso-session mine]\nsso_start_url = {url}\nsso_region = us-east-1\n"
    own = "sso_session = mine\n" if named == "session" else f"sso_start_url = {url}\nsso_region = us-east-1\n"
    (tmp_path / "config").write_text(f"{session}[default]\nsso_account_id = 111122223333\nsso_role_name = r\n{own}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setattr(SSOProvider, "_SSO_TOKEN_CACHE_DIR", str(tmp_path))
    token = {"accessToken": "qanary", "expiresAt": "2026-11-24T11:00:00Z"} | ({"refreshToken": "qanary"} if refresh else {})
    SSOTokenLoader(JSONFileCache(str(tmp_path))).save_token(url, token, "mine" if named == "session" else None)
    made = RefreshableCredentials("ASIA", "s", "token", END, refresh_using=dict, method="sso")
    found = credentials(acting_by(made, monkeypatch))
    assert (found.renewed, found.ends) == ((True, END) if refresh else (False, END + timedelta(hours=7)))


def test_a_rehearsal_s_credentials_are_nobody_s() -> None:
    assert credentials(Aws(Target(region="us-east-1", endpoint="http://127.0.0.1:1"))).temporary is False


class Quotas:
    """Clients that answer, some of them by a stub of botocore's own."""

    def __init__(self) -> None:
        self.target = Target(region="us-east-1", endpoint="http://127.0.0.1:1")
        made: Callable[..., Any] = boto3.client
        keys = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
        self._quotas = made("service-quotas", **keys)
        self.stub = Stubber(self._quotas)

    def client(self, service: str) -> Any:
        if service == "service-quotas":
            return self._quotas
        limits = {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}}
        ours = [{"Key": "Environment", "Value": "staging"}, {"Key": "Suffix", "Value": "demo"}]
        zone = {"ZoneId": "use1-az1", "ZoneName": "us-east-1a", "State": "available"}
        return SimpleNamespace(
            get_account_settings=lambda: limits,
            describe_addresses=lambda: {"Addresses": [{}, {"Tags": ours}, {"Tags": ours[:1]}]},
            describe_availability_zones=lambda **_: {"AvailabilityZones": [zone, zone | {"ZoneName": "us-east-1b"}]},
        )

    def pages(self, _service: str, operation: str, _key: str, **_: Any) -> Any:
        assert operation.startswith(("describe_", "list_"))
        return []


def test_a_quota_that_nobody_has_raised_is_aws_s_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what one question does not get answered, the others do."""
    aws = Quotas()
    known: dict[str, float] = {"L-0263D0A3": 5.0}

    def answer(*, ServiceCode: str, QuotaCode: str) -> Any:  # noqa: N803 - boto3's names
        if QuotaCode in known:
            return {"Quota": {"Value": known[QuotaCode]}}
        code = "NoSuchResourceException" if QuotaCode == "L-F678F1CE" else "AccessDeniedException"
        raise aws._quotas.exceptions.from_code(code)({"Error": {"Code": code, "Message": ServiceCode}}, "GetServiceQuota")

    monkeypatch.setattr(aws._quotas, "get_service_quota", answer)
    monkeypatch.setattr(aws._quotas, "get_aws_default_service_quota", lambda **_: {"Quota": {"Value": 7.0}})
    found = read(cast("Any", aws), NEEDS, "arn:aws:iam::111122223333:root")
    limits = {quota.what: (quota.limit, quota.used, quota.ours, quota.needed) for quota in found.quotas}
    assert limits == {"Elastic IP addresses": (5, 3, 1, 3), "VPCs": (7, 0, 0, 1), "concurrent executions": (900, 100, 0, 0)}
    assert set(found.unknown) == {"database instances", "KMS keys"}
    offering = found.offering(["us-east-1a"])
    assert [(zone.name, zone.database) for zone in offering.zones] == [("us-east-1a", True), ("us-east-1b", False)]
