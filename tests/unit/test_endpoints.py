"""Whatever AWS clients would follow away from AWS is seen, wherever it is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from runbook_lib import endpoints
from runbook_lib.aws import Target
from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

OURS = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    "url",
    [
        "https://rds.us-east-1.amazonaws.com",
        "https://s3.cn-north-1.amazonaws.com.cn/",
        "https://sts.us-east-1.amazonaws.com:443",
        "https://lambda.us-east-1.api.aws",
        "https://vpce-0a1b-c2d3.rds.us-east-1.vpce.amazonaws.com",
    ],
)
def test_aws_is_aws(url: str) -> None:
    assert endpoints.is_aws(url)


@pytest.mark.parametrize(
    "url",
    [
        OURS,
        "http://localhost.localstack.cloud:4566",
        "http://rds.us-east-1.amazonaws.com",
        "https://rds.us-east-1.amazonaws.com:4566",
        "https://notamazonaws.com",
        "https://amazonaws.com.example.org",
        "https://rds.us-east-1.amazonaws.com@example.org",
        "https://ec2-3-4-5-6.compute-1.amazonaws.com",
        "https://mine-1.us-east-1.elb.amazonaws.com",
        "https://abc.execute-api.us-east-1.amazonaws.com",
        "https://[broken",
        r"https://127.0.0.1\.amazonaws.com",
        r"https://127.0.0.1\@rds.us-east-1.amazonaws.com",
        "https://me:secret@rds.us-east-1.amazonaws.com",
        "https://127.0.0.1 .amazonaws.com",
        "https://127.0.0.1%2f.amazonaws.com",
        "rds.us-east-1.amazonaws.com",
        "",
    ],
)
def test_nothing_else_is(url: str) -> None:
    assert not endpoints.is_aws(url)


@pytest.mark.parametrize(
    "name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "TF_AWS_STS_ENDPOINT"]
)
def test_variables_are_seen(name: str) -> None:
    assert endpoints.configured({name: OURS, "AWS_REGION": "us-east-1"}, {}, {}) == {name: OURS}


def test_being_told_to_ignore_them_is_respected() -> None:
    """The plugin's own, older variables know nothing of that."""
    environ = {"AWS_ENDPOINT_URL": OURS, "AWS_S3_ENDPOINT": OURS}
    assert set(endpoints.configured(environ, {"ignore_configured_endpoint_urls": "true"}, {})) == {"AWS_S3_ENDPOINT"}
    assert set(endpoints.configured({**environ, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, {}, {})) == {"AWS_S3_ENDPOINT"}
    environ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false"
    assert set(endpoints.configured(environ, {"ignore_configured_endpoint_urls": "true"}, {})) == set(environ) - {
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    }


PROFILE = f"""
[default]
region = us-east-1
[profile all]
endpoint_url = {OURS}
[profile one]
services = mine
[services mine]
s3 =
  endpoint_url = {OURS}
rds =
  endpoint_url = https://rds.us-east-1.amazonaws.com
"""


class TestStrangers:
    @pytest.fixture(autouse=True)
    def profiles(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "config").write_text(PROFILE)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")

    @pytest.mark.parametrize(
        ("profile", "where"),
        [("all", ["endpoint_url of the profile"]), ("one", ["endpoint_url of s3 in the profile"]), ("default", [])],
    )
    def test_the_profile_in_use_is_read(self, profile: str, where: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", profile)
        assert list(endpoints.strangers({})) == where

    def test_a_profile_that_does_not_exist_is_bad_usage(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", "nobody")
        with pytest.raises(UsageError, match="nobody"):
            endpoints.strangers({})

    def test_the_stacks_own_configuration_counts(self) -> None:
        config = {"aws:endpoints": [{"rds": OURS, "s3": "https://s3.us-east-1.amazonaws.com"}]}
        assert list(endpoints.strangers(config).values()) == [OURS]

    def test_pulumi_and_the_runbook_use_one_profile(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UsageError, match="may be two accounts"):
            endpoints.strangers({"aws:profile": "one"})
        monkeypatch.setenv("AWS_PROFILE", "default")
        assert endpoints.strangers({"aws:profile": "default"}) == {}


@pytest.mark.parametrize(
    "endpoint", ["http://10.0.0.1:4566", "https://rds.us-east-1.amazonaws.com", "http://localhost.example.org", ""]
)
def test_an_emulator_is_only_ever_on_this_machine(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="not a loopback address"):
        Target(region="us-east-1", endpoint=endpoint)


@pytest.mark.parametrize("endpoint", [OURS, "http://localhost:1", "http://[::1]:4566"])
def test_which_is_where_it_may_be(endpoint: str) -> None:
    assert Target(region="us-east-1", endpoint=endpoint).emulated
