"""What AWS and Pulumi answer is known before whoever asked has it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.credentials
import botocore.session
import pytest
from botocore.stub import Stubber

from runbook_lib import redaction
from runbook_lib.redaction import learning

SECRET = "s3cret/of-a-test"
NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
ROLE = "arn:aws:iam::123456789012:role/deployer"
KEY = {"UserName": "u", "AccessKeyId": "A" * 20, "Status": "Active"}
SIGNED_IN = {"roleName": "r", "accountId": "1", "accessToken": "t"}
CREDENTIALS = {
    "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
    "SecretAccessKey": SECRET,
    "SessionToken": f"{SECRET}-token",
    "Expiration": NOW,
}


@pytest.fixture(autouse=True)
def watching(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    learning.watch()
    learning.watch()


def known(text: str) -> bool:
    return text not in redaction.redact(f"is {text}")


def ask(service: str, operation: str, answer: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    client = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1").client(service)
    with Stubber(client) as stub:
        stub.add_response(operation, answer)
        found: dict[str, Any] = getattr(client, operation)(**arguments)
    return found


@pytest.mark.parametrize(
    ("service", "operation", "answer", "arguments"),
    [
        ("secretsmanager", "get_secret_value", {"SecretString": SECRET, "Name": "payments/key"}, {"SecretId": "payments/key"}),
        ("secretsmanager", "get_secret_value", {"SecretBinary": SECRET.encode()}, {"SecretId": "x"}),
        ("secretsmanager", "get_secret_value", {"SecretString": json.dumps({"password": SECRET})}, {"SecretId": "x"}),
        ("secretsmanager", "batch_get_secret_value", {"SecretValues": [{"SecretString": SECRET}]}, {"SecretIdList": ["x"]}),
        ("secretsmanager", "get_random_password", {"RandomPassword": SECRET}, {}),
        ("ssm", "get_parameter", {"Parameter": {"Name": "/p", "Type": "SecureString", "Value": SECRET}}, {"Name": "/p"}),
        ("sts", "assume_role", {"Credentials": CREDENTIALS}, {"RoleArn": ROLE, "RoleSessionName": "me"}),
        ("sts", "get_session_token", {"Credentials": CREDENTIALS}, {}),
        ("iam", "create_access_key", {"AccessKey": {**KEY, "SecretAccessKey": SECRET}}, {}),
        ("kms", "decrypt", {"Plaintext": SECRET.encode()}, {"CiphertextBlob": b"x"}),
        ("kms", "generate_data_key", {"Plaintext": SECRET.encode(), "CiphertextBlob": b"x"}, {"KeyId": "k" * 8}),
        ("ecr", "get_authorization_token", {"authorizationData": [{"authorizationToken": SECRET}]}, {}),
        ("apigateway", "get_api_key", {"id": "a", "name": "payments", "value": SECRET}, {"apiKey": "a"}),
        ("apigateway", "get_api_keys", {"items": [{"id": "a", "value": SECRET}]}, {}),
        ("lambda", "get_function_configuration", {"Environment": {"Variables": {"DB_PASSWORD": SECRET}}}, {"FunctionName": "f"}),
        ("sso", "get_role_credentials", {"roleCredentials": {"secretAccessKey": SECRET}}, SIGNED_IN),
        ("sso-oidc", "create_token", {"accessToken": SECRET}, {"clientId": "c", "clientSecret": "s", "grantType": "g"}),
    ],
)  # fmt: skip
def test_an_answers_secrets(service: str, operation: str, answer: dict[str, Any], arguments: dict[str, Any]) -> None:
    assert not known(SECRET)
    assert ask(service, operation, answer, **arguments)
    assert known(SECRET)


def test_what_only_looks_sensitive_stays_readable() -> None:
    """A model calls a function's variables sensitive, and a parameter of any type; most are names that records are made of."""
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds-7f3a"
    variables = {"SECRET_ARN": arn, "DB_SECRET": arn, "BUCKET": "payments-audit-7f3a9c", "TABLE": "payments_7f3a"}
    ask("lambda", "get_function_configuration", {"Environment": {"Variables": variables}}, FunctionName="f")
    ask("ssm", "get_parameter", {"Parameter": {"Name": "/ami", "Type": "String", "Value": "ami-0a1b2c3d4e5f"}}, Name="/ami")
    ask(
        "secretsmanager", "list_secrets", {"SecretList": [{"ARN": arn, "Name": "rds-7f3a-master"}], "NextToken": "n3xt-p4ge-7f3a"}
    )
    text = json.dumps([variables, "ami-0a1b2c3d4e5f", "rds-7f3a-master", "n3xt-p4ge-7f3a"])
    assert redaction.redact(text) == text


def test_bytes_that_are_no_text_in_every_way_they_are_printed() -> None:
    octets = bytes(range(200, 232))
    ask("kms", "generate_random", {"Plaintext": octets}, NumberOfBytes=32)
    assert known(octets.hex())
    assert known(repr(octets)[2:-1])


def test_credentials_however_they_are_made() -> None:
    botocore.credentials.Credentials("AKIAIOSFODNN7EXAMPLE", SECRET, f"{SECRET}-token")
    assert known(SECRET)
    assert known(f"{SECRET}-token")


def test_the_emulators_are_worth_nothing(caplog: pytest.LogCaptureFixture) -> None:
    botocore.credentials.Credentials("test", "test", "")
    assert not caplog.records


def test_credentials_of_a_profile_that_another_program_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = json.dumps({"Version": 1, "AccessKeyId": "A" * 20, "SecretAccessKey": SECRET})
    (tmp_path / "give").write_text(f"#!/bin/sh\necho '{given}'\n")
    (tmp_path / "give").chmod(0o755)
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {tmp_path}/give\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert boto3.Session().get_credentials().get_frozen_credentials().secret_key == SECRET
    assert known(SECRET)


def test_refreshed_credentials() -> None:
    def metadata(number: int, minutes: float) -> dict[str, str]:
        expiry = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
        secret = {"access_key": "A" * 20, "secret_key": f"{SECRET}-{number}", "token": f"t0ken-{number}-of-a-test"}
        return {**secret, "expiry_time": expiry.isoformat()}

    held = botocore.credentials.RefreshableCredentials.create_from_metadata(metadata(1, 1), lambda: metadata(2, 60), "test")
    assert known(f"{SECRET}-1")
    assert not known("t0ken-2-of-a-test")
    assert held.get_frozen_credentials().token == "t0ken-2-of-a-test"
    assert known("t0ken-2-of-a-test")
    assert known(f"{SECRET}-2")


class Workspace:
    """Only the commands that Pulumi would be asked to run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: str) -> None:
        from pulumi.automation import LocalWorkspace

        def run(_: Any, arguments: list[str]) -> Any:
            shown = "--show-secrets" in arguments
            return SimpleNamespace(stdout=answers[f"{arguments[0]}{'_shown' if shown else ''}"])

        monkeypatch.setattr(LocalWorkspace, "_run_pulumi_cmd_sync", run)
        self.workspace = LocalWorkspace.__new__(LocalWorkspace)


def test_secret_outputs_of_a_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {"url": "https://payments.example.com/7f3a", "database": {"password": SECRET, "port": 5432}}
    masked = {**shown, "database": "[secret]"}
    workspace = Workspace(monkeypatch, stack=json.dumps(masked), stack_shown=json.dumps(shown)).workspace
    assert workspace.stack_outputs("dev")["database"].value["password"] == SECRET
    assert known(SECRET)
    assert not known(shown["url"])


def test_secret_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {"payments:key": {"value": SECRET, "secret": True}, "payments:bucket": {"value": "bucket-7f3a9c", "secret": False}}
    workspace = Workspace(monkeypatch, config_shown=json.dumps(values)).workspace
    asked: list[str] = []
    stack = SimpleNamespace(get_all_config=lambda: asked.append("asked") or workspace.get_all_config("dev"))
    file = tmp_path / "Pulumi.dev.yaml"
    learning.configuration(stack, file)
    file.write_text("config:\n  payments:bucket: bucket-7f3a9c\n")
    learning.configuration(stack, file)
    assert not asked  # decrypting takes a while: only who has secrets waits for it
    file.write_text("config:\n  payments:key:\n    secure: v1:abc\n")
    learning.configuration(stack, file)
    assert asked
    assert known(SECRET)
    assert not known("bucket-7f3a9c")
