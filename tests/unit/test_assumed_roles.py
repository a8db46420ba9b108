"""A stack's roles are assumed by boto3 as its provider assumes them: in order, from the caller's own credentials."""

from __future__ import annotations

import inspect
import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import Session
from pulumi_aws import ProviderAssumeRoleArgs

from runbook_lib import assumed_roles, provider_settings
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import UsageError

FIRST, SECOND = ("arn:aws:iam::111122223333:role/hop", "arn:aws:iam::444455556666:role/deployer")
ASKED: list[tuple[str, dict[str, Any]]] = []


@pytest.fixture(autouse=True)
def sts(monkeypatch: pytest.MonkeyPatch) -> None:
    """STS, which notes by whose key it was asked for what; the keys that it gives are called after the roles."""
    ASKED.clear()
    for name, value in {"AWS_ACCESS_KEY_ID": "AKIACALLER", "AWS_SECRET_ACCESS_KEY": "a-key-for-this-test"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    usual = Session.create_client

    def create(self: Session, service: str, *args: Any, **given: Any) -> Any:
        if service != "sts" or "aws_access_key_id" not in given or given["aws_access_key_id"] is None:
            return usual(self, service, *args, **given)

        def assume_role(**asked: Any) -> dict[str, Any]:
            ASKED.append((given["aws_access_key_id"], asked))
            name = asked["RoleArn"].rpartition("/")[2]
            held = {"AccessKeyId": f"ASIA{name}", "SecretAccessKey": f"qanary-{name}", "SessionToken": f"qanary-token-{name}"}
            return {"Credentials": {**held, "Expiration": datetime.now(UTC) + timedelta(hours=1)},
                    "AssumedRoleUser": {"Arn": asked["RoleArn"]}}  # fmt: skip

        return SimpleNamespace(assume_role=assume_role)

    monkeypatch.setattr(Session, "create_client", create)


def acting(config: dict[str, Any]) -> tuple[str, str]:
    """The key that requests are signed with, and the caller's own."""
    provider_settings.refuse(config, "staging")
    with provider_settings.entered(config):
        aws = Aws(Target(region="eu-central-1"))
        signing = aws.client("rds")._request_signer._credentials.get_frozen_credentials()
        return signing.access_key, aws.credentials().access_key


@pytest.mark.parametrize("told", [list, json.dumps])
def test_roles_are_assumed_one_after_the_other(told: Any) -> None:
    roles = [
        {"roleArn": FIRST, "externalId": "qanary-external", "duration": "1h30m", "tags": {"Team": "payments"}},
        {"roleArn": SECOND, "sessionName": "ci"},
    ]
    assert acting({"aws:assumeRoles": told(roles)}) == ("ASIAdeployer", "AKIACALLER")
    (by, hop), (then, deployer) = ASKED
    assert (by, then) == ("AKIACALLER", "ASIAhop")
    assert hop == {
        "RoleArn": FIRST, "ExternalId": "qanary-external", "DurationSeconds": 5400, "RoleSessionName": "runbook",
        "Tags": [{"Key": "Team", "Value": "payments"}],
    }  # fmt: skip
    assert deployer == {"RoleArn": SECOND, "RoleSessionName": "ci"}


def test_without_roles_the_caller_acts() -> None:
    assert acting({}) == ("AKIACALLER", "AKIACALLER")
    assert acting({"aws:assumeRoles": []}) == ("AKIACALLER", "AKIACALLER")
    assert ASKED == []


def test_in_a_rehearsal_nobody_asks_sts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(assumed_roles.VARIABLE, json.dumps([{"roleArn": FIRST}]))
    client = Aws(Target(region="us-east-1", endpoint="http://127.0.0.1:9")).client("rds")
    assert client._request_signer._credentials.get_frozen_credentials().access_key == "test"


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ([{"roleArn": "deployer"}], "0.roleArn: String should match"),
        ([{"roleArn": FIRST, "duration": "3600"}], "3600 is no duration such as 1h"),
        ([{"roleArn": FIRST, "extrenalId": "x"}], "0.extrenalId: Extra inputs are not permitted"),
        ([{}], "0.roleArn: Field required"),
        ("[", "it: Invalid JSON"),
        ({"roleArn": FIRST}, "it: Input should be a valid tuple"),
    ],
)
def test_what_is_no_role_is_refused_before_anything_is_asked(roles: Any, said: str) -> None:
    with pytest.raises(UsageError, match=r"aws:assumeRoles in stack/Pulumi\.staging\.yaml") as refused:
        acting({"aws:assumeRoles": roles})
    assert said in refused.value.message
    assert ASKED == []


def test_a_role_says_all_that_the_provider_takes() -> None:
    taken = {name for name in inspect.signature(ProviderAssumeRoleArgs.__init__).parameters if name != "__self__"}
    assert set(assumed_roles.Role.model_fields) == taken


def test_files_are_followed_by_both_sides() -> None:
    config = {"aws:sharedConfigFiles": ["/etc/aws/config"], "aws:sharedCredentialsFiles": '["/etc/aws/credentials"]'}
    provider_settings.refuse(config, "staging")
    with provider_settings.entered(config):
        assert os.environ["AWS_CONFIG_FILE"] == "/etc/aws/config"
        assert os.environ["AWS_SHARED_CREDENTIALS_FILE"] == "/etc/aws/credentials"
    with pytest.raises(UsageError, match="several files in aws:sharedConfigFiles"):
        provider_settings.refuse({"aws:sharedConfigFiles": ["a", "b"]}, "staging")
