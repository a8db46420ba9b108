from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from runbook_lib import redaction
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import FunctionError, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EMULATED = Target(region="us-east-1", endpoint="http://127.0.0.1:1")


class Body:
    """What comes over the wire."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self) -> list[bytes]:
        return [self.content]

    def read(self, *_: Any) -> bytes:
        content, self.content = self.content, b""
        return content


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], AWSResponse]], list[str]]:
    """Answers in the network's place; gives the addresses that were asked."""

    def install(answer: Callable[[str], AWSResponse]) -> list[str]:
        asked: list[str] = []

        def send(_: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
            asked.append(request.url)
            return answer(request.url)

        monkeypatch.setattr(URLLib3Session, "send", send)
        return asked

    return install


def hangs(url: str) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=url)


def answers(payload: object, **headers: str) -> Callable[[str], AWSResponse]:
    return lambda url: AWSResponse(url, 200, headers, Body(json.dumps(payload).encode()))


class TestInvoke:
    """Functions are invoked once, and waited for."""

    def test_one_that_hangs_is_not_sent_again(self, wire: Callable[..., list[str]]) -> None:
        asked, aws = wire(hangs), Aws(EMULATED)
        with pytest.raises(ReadTimeoutError):
            aws.invoke("schema", {"action": "migrate"})
        assert len(asked) == 1

    def test_it_is_given_longer_than_it_may_run(self, wire: Callable[..., list[str]]) -> None:
        wire(answers({}))
        aws = Aws(EMULATED)
        aws.invoke("schema", {})
        [client] = aws._clients.values()
        assert client.meta.config.read_timeout > 120
        assert aws.client("lambda").meta.config.read_timeout < 120

    def test_the_answer_is_what_it_gave(self, wire: Callable[..., list[str]]) -> None:
        wire(answers({"current": 2}))
        assert Aws(EMULATED).invoke("schema", {}) == {"current": 2}

    def test_a_failure_is_told_in_its_own_words(self, wire: Callable[..., list[str]]) -> None:
        wire(answers({"errorType": "MigrationError", "errorMessage": "002 changed"}, **{"X-Amz-Function-Error": "Unhandled"}))
        with pytest.raises(FunctionError, match="schema failed: MigrationError: 002 changed") as caught:
            Aws(EMULATED).invoke("schema", {})
        assert isinstance(caught.value, TargetError)
        assert "log group of schema" in caught.value.remedy

    def test_an_answer_that_is_no_object_is_a_failure(self, wire: Callable[..., list[str]]) -> None:
        wire(answers(None))
        with pytest.raises(FunctionError, match="schema failed: it answered None"):
            Aws(EMULATED).invoke("schema", {})


class TestProxies:
    """The environment's proxy is for the internet."""

    @pytest.fixture(autouse=True)
    def proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://proxy.example:3128")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)

    @pytest.mark.parametrize("target", [EMULATED, Target(region="us-east-1")], ids=["emulator", "AWS"])
    def test_the_emulator_is_reached_without_it(self, target: Target) -> None:
        with Aws(target).http() as http:
            direct = http._transport_for_url(httpx.URL("http://payments.elb.example")) is http._transport
        assert direct is target.emulated

    def test_clients_too(self) -> None:
        assert Aws(EMULATED).client("sts")._endpoint.http_session._proxy_config.proxy_url_for("http://127.0.0.1:1") is None


def test_credentials_of_a_profile_are_known_as_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = id\naws_secret_access_key = profile-7f3a-secret\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    Aws(Target(region="us-east-1")).client("sts")
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE")  # what boto3 has resolved stays known, wherever it came from
    assert redaction.redact("it is profile-7f3a-secret") == "it is [redacted:AWS_SECRET_ACCESS_KEY]"
