"""What a process's surroundings tell: its environment, and the files that AWS and Pulumi take their secrets from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from runbook_lib import redaction

SECRET = "s3cret/of-a-test"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.mark.parametrize(
    "name",
    [*redaction.SECRET_VARIABLES, "AWS_SECURITY_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"],
)
def test_variables(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, SECRET)
    assert redaction.redact(f"is {SECRET}") == f"is [redacted:{name}]"


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "PULUMI_HOME", "AWS_ROLE_ARN", "PATH"])
def test_what_is_no_secret_stays(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, SECRET)
    assert redaction.redact(f"is {SECRET}") == f"is {SECRET}"


@pytest.mark.parametrize(
    "name", ["PULUMI_CONFIG_PASSPHRASE_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
)
def test_files_that_variables_name(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, str(home / "file"))
    assert redaction.redact(SECRET) == SECRET  # there is no such file, which is for whoever reads it to say
    _write(home / "file", f"{SECRET}\n")
    assert redaction.redact(f"is {SECRET}") == f"is [redacted:{name}]"


def test_a_password_in_the_backends_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "postgres://runbook:b4ck%2Fend-pw@db/state")
    masked = "[redacted:PULUMI_BACKEND_URL:password]"
    assert redaction.redact("b4ck/end-pw b4ck%2Fend-pw runbook db state") == f"{masked} {masked} runbook db state"


@pytest.mark.parametrize("url", ["postgres://u:pw@h/db", "postgres://u:previous@h/db", "s3://bucket", "file://~", "x://[bad"])
def test_a_backends_password_is_masked_however_weak(url: str) -> None:
    clean = redaction.without_password(url)
    assert clean == url.replace(":pw@", ":[redacted]@").replace(":previous@", ":[redacted]@")
    assert redaction.without_password(clean) == clean


PROFILES = f"""[default]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key={SECRET}
[profile other]
region = us-east-1
 aws_session_token =  t0ken//of==a-test
role_arn = arn:aws:iam::123456789012:role/deployer
"""


@pytest.mark.parametrize("variable", ["", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"])
def test_every_profile(variable: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home / "elsewhere" if variable else home / ".aws/credentials"
    if variable:
        monkeypatch.setenv(variable, str(path))
    _write(path, PROFILES)
    assert redaction.redact(PROFILES) == PROFILES.replace(SECRET, "[redacted:aws_secret_access_key]").replace(
        "t0ken//of==a-test", "[redacted:aws_session_token]"
    )


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".aws/sso/cache/1.json", {"accessToken": SECRET, "region": "us-east-1"}),
        (".aws/sso/cache/2.json", {"clientId": "x", "clientSecret": SECRET}),
        (".aws/cli/cache/3.json", {"Credentials": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": SECRET}}),
        (".pulumi/credentials.json", {"current": "https://x", "accessTokens": {"https://x": SECRET}}),
    ],
)
def test_caches(path: str, content: Any, home: Path) -> None:
    _write(home / path, content)
    clean = redaction.redact(json.dumps(content))
    assert SECRET not in clean
    assert clean.count("[redacted") == 1


def test_a_refreshed_file_is_read_again_and_the_old_secret_stays_known(home: Path) -> None:
    path = home / ".aws/credentials"
    _write(path, f"[default]\naws_secret_access_key = {SECRET}\n")
    assert SECRET not in redaction.redact(SECRET)
    _write(path, "[default]\naws_secret_access_key = an0ther/of-a-test\n")
    os.utime(path, ns=(1, 1))
    clean = redaction.redact(f"{SECRET} an0ther/of-a-test")
    assert clean == "[redacted:aws_secret_access_key] [redacted:aws_secret_access_key]"


def test_a_broken_cache_is_no_obstacle(home: Path) -> None:
    _write(home / ".aws/sso/cache/1.json", '{"accessToken": "half')
    assert redaction.redact("half") == "half"


def test_presigned_addresses_and_shapes_that_cannot_be_mistaken() -> None:
    address = "https://b.s3.amazonaws.com/k?X-Amz-Date=20261125T101500Z&X-Amz-Signature=0123abcd0123abcd&X-Amz-Security-Token=IQoJ%2Fx9y7Z"
    assert redaction.redact(address) == address.replace("0123abcd0123abcd", "[redacted:presigned address]").replace(
        "IQoJ%2Fx9y7Z", "[redacted:presigned address]"
    )
    assert redaction.redact("postgres://app:hunter2x@db/x") == "postgres://app:[redacted:password in a URL]@db/x"
    assert redaction.redact("-----BEGIN PRIVATE KEY-----\nabcd1234\n-----END PRIVATE KEY-----").count("abcd") == 0
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0"
    assert redaction.redact(f"Bearer {token}") == "Bearer [redacted:signed token]"


@pytest.mark.parametrize(
    "text",
    [
        "postgres://app:password@db/x",
        "http://${USER}:${PASSWORD}@db",
        "https://x.y/a:b@c",
        "sha256:" + "0f" * 32,
        "vpc-0a1b2c3d4e5f",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-7f3a",
        "AKIAIOSFODNN7EXAMPLE",
    ],
)
def test_no_word_and_no_id_is_taken_for_one(text: str) -> None:
    assert redaction.redact(text) == text
