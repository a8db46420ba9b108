"""Every setting of the provider is followed by both sides, or refused by name."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import get_session
from pulumi_aws.provider import ProviderArgs
from unit.test_right_account import ACCOUNT, enter

from runbook_lib import provider_settings, settings
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

TABLES = (
    provider_settings.VARIABLES, provider_settings.FILES, {provider_settings.ROLES}, provider_settings.JUDGED,
    provider_settings.PROVIDER_ALONE, provider_settings.REFUSED,
)  # fmt: skip


@pytest.fixture(autouse=True)
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a-passphrase-for-this-test")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-key-for-this-test")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name in (*provider_settings.VARIABLES.values(), "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Aws, "identity", lambda _aws: f"arn:aws:iam::{ACCOUNT}:user/ada")


def configured(monkeypatch: pytest.MonkeyPatch, **config: Any) -> None:
    told = {f"aws:{key}": value for key, value in config.items()}
    monkeypatch.setattr(settings, "stack_config", lambda _name: {"payments:suffix": "demo", **told})


def test_whatever_the_sdk_s_provider_takes_is_in_one_table() -> None:
    """A setting that a new release of the SDK brings has to be decided on."""
    taken = {name for name in inspect.signature(ProviderArgs.__init__).parameters if name != "__self__"}
    pulumi_names = {getattr(ProviderArgs, name).fget._pulumi_name for name in taken}
    assert pulumi_names == set().union(*TABLES)
    assert sum(map(len, TABLES)) == len(taken) >= 35


@pytest.mark.parametrize("key", [*provider_settings.REFUSED, "regoin"])
def test_what_one_side_alone_would_follow_is_refused_by_name(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, **{key: "x"})
    with pytest.raises(UsageError, match=rf"Pulumi\.staging\.yaml says aws:{key}\b"):
        enter("staging")


def test_boto3_does_as_the_provider_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"maxRetries": 24, "retryMode": "adaptive", "useFipsEndpoint": True, "useDualstackEndpoint": "true"}
    config = {f"aws:{key}": value for key, value in told.items()}
    with provider_settings.entered(config):
        client = Aws(Target(region="us-east-1")).client("ec2")
        retries = client.meta.config.retries
        assert (retries["total_max_attempts"], retries["mode"]) == (25, "adaptive")
        assert "fips" in client.meta.endpoint_url
        assert get_session().get_config_variable("use_dualstack_endpoint") is True
    assert not set(provider_settings.VARIABLES.values()).intersection(os.environ)
    assert "fips" not in Aws(Target(region="us-east-1")).client("ec2").meta.endpoint_url
    monkeypatch.setenv("AWS_CA_BUNDLE", "/before")
    with provider_settings.entered({"aws:customCaBundle": "/stack"}):
        assert os.environ["AWS_CA_BUNDLE"] == "/stack"
    assert os.environ["AWS_CA_BUNDLE"] == "/before"


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"forbiddenAccountIds": [ACCOUNT]}, "forbiddenAccountIds names it"),
        ({"forbiddenAccountIds": f'["{ACCOUNT}"]'}, "forbiddenAccountIds names it"),
        ({"allowedAccountIds": ["111122223333"]}, "allowedAccountIds names 111122223333"),
    ],
)
def test_an_account_that_the_provider_would_refuse_is_refused_before_anything(
    config: dict[str, Any], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, **config)
    with pytest.raises(UsageError, match=why):
        enter("staging")
    configured(monkeypatch, allowedAccountIds=[ACCOUNT], forbiddenAccountIds=["111122223333"])
    enter("staging")
