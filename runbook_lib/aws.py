"""The one place that makes AWS clients, for AWS itself or for the emulator in its place.

``Target`` says where; ``Aws`` hands out boto3 clients for it (made once, safe to use from threads) and speaks HTTP
to the endpoints that the stack itself offers (its API and its load balancer).
"""

from __future__ import annotations

import ipaddress
import json
import os
import threading
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator

from runbook_lib import assumed_roles
from runbook_lib.errors import FunctionError, TargetError
from runbook_lib.redaction import learning

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

    import httpx


_INVOCATION_SECONDS = 150
"""Longer than any function of the stack may run (the schema function's 120 s), so that its own timeout is what we hear of."""


class Target(BaseModel):
    """Where the stack lives.

    Attributes:
        region: The AWS region, e.g. ``us-east-1``.
        endpoint: The emulator's address, e.g. ``http://127.0.0.1:4566``; ``None`` is AWS itself.
        account: The account that the credentials lead to; empty where nobody has asked yet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    endpoint: str | None = None
    account: str = ""

    @field_validator("endpoint")
    @classmethod
    def _loopback(cls, value: str | None) -> str | None:
        if value is not None and not is_loopback(value):
            msg = f"{value} is not a loopback address; an emulator is only ever reached on this machine"
            raise ValueError(msg)
        return value

    @property
    def emulated(self) -> bool:
        """Whether an emulator stands in for AWS."""
        return self.endpoint is not None


def is_loopback(url: str) -> bool:
    """Whether ``url`` names this machine by a loopback address or ``localhost``."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _models() -> Any:
    """The descriptions of the services, which every session would read from the disk again."""
    import botocore.session

    return botocore.session.get_session().get_component("data_loader")


@cache
def trust(*, verify: bool, own: bool) -> ssl.SSLContext:
    """Whom HTTPS trusts; loading the authorities takes longer than many a request, and clients share them.

    Args:
        verify: Whether certificates are verified.
        own: Whether ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are followed.
    """
    import httpx

    return httpx.create_ssl_context(verify=verify, trust_env=own)


class Aws:
    """boto3 clients and HTTP for one target."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._clients: dict[str, Any] = {}
        self._own: Any = None
        self._lock = threading.Lock()

    @cached_property
    def _session(self) -> Any:
        import boto3
        import botocore.session

        own = botocore.session.get_session()
        own.register_component("data_loader", _models())
        # The emulator knows no accounts: fixed, worthless credentials keep the operator's own off its wire.
        keys: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"} if self.target.emulated else {}
        session = boto3.Session(region_name=self.target.region, botocore_session=own, **keys)
        if not self.target.emulated:
            learning.watch()
            self._own = session.get_credentials()  # whichever profile, login or role they come from, they are known from here on
            assumed_roles.assume(own, self.target.region)
        return session

    def has_credentials(self) -> bool:
        """Whether there are credentials at all; whether they are good, AWS says at the first call."""
        return self.credentials() is not None

    def client(self, service: str) -> Any:
        """The boto3 client for ``service``, e.g. ``rds``; the same one every time."""
        # What botocore reads there counts: it is how a stack's aws:maxRetries and aws:retryMode come here.
        told = {"AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE"}.intersection(os.environ) and not self.target.emulated
        retries = {} if told else {"retries": {"mode": "standard", "max_attempts": 4}}
        return self._client(service, service, {**retries, "read_timeout": 30})

    def credentials(self) -> Any:
        """The caller's own, in botocore's class, by which a stack's roles are assumed; ``None`` where there are none."""
        _ = self._session
        return self._own

    def invoke(self, function: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke a Lambda function and wait for its answer, as long as it may take.

        Args:
            function: The function's name.
            payload: Its event.

        Raises:
            FunctionError: It failed, or answered no JSON object; the message holds its own error.
        """
        # Sent once: a second attempt would start the function beside itself, and its work twice.
        once = {"retries": {"total_max_attempts": 1}, "read_timeout": _INVOCATION_SECONDS, "tcp_keepalive": True}
        lambda_ = self._client("invocations", "lambda", once)
        answer = lambda_.invoke(FunctionName=function, Payload=json.dumps(dict(payload)).encode())
        found = json.loads(answer["Payload"].read() or b"null")
        if not answer.get("FunctionError") and isinstance(found, dict):
            return found
        told = found if isinstance(found, dict) else {"errorMessage": f"it answered {found!r}"}
        error = ": ".join(str(told[key]) for key in ("errorType", "errorMessage") if told.get(key))
        raise FunctionError(f"{function} failed: {error or found}", remedy=f"Read the log group of {function}.")

    def _client(self, name: str, service: str, options: Mapping[str, Any]) -> Any:
        from botocore.config import Config

        with self._lock:  # sessions are not safe to make clients from in parallel; clients are safe to use
            if name not in self._clients:
                # A proxy from the environment cannot reach the emulator: it is on this machine.
                proxies: dict[str, str] | None = {} if self.target.emulated else None
                config = Config(connect_timeout=5, max_pool_connections=32, proxies=proxies, **options)
                self._clients[name] = self._session.client(service, endpoint_url=self.target.endpoint, config=config)
            return self._clients[name]

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Every item under ``key`` of a paginated operation, e.g. ``pages("rds", "describe_db_instances", "DBInstances")``."""
        for page in self.client(service).get_paginator(operation).paginate(**arguments):
            yield from page.get(key, ())

    def identity(self) -> str:
        """The ARN that AWS knows the caller by.

        Raises:
            TargetError: No credentials, or no answer.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return str(self.client("sts").get_caller_identity()["Arn"])
        except (BotoCoreError, ClientError) as error:
            where = self.target.endpoint or f"AWS ({self.target.region})"
            raise TargetError(
                f"{where} does not say who we are: {error}",
                remedy="Check the credentials (aws sts get-caller-identity) and the network.",
            ) from error

    def http(self, *, timeout: float = 30.0, verify: bool = True) -> httpx.Client:
        """An HTTP client that reaches the stack's public names.

        Names such as ``payments-….elb.amazonaws.com`` resolve to nothing when the target is emulated: the connection then goes
        to the emulator, which is told the name by the Host header, as a load balancer is, and never through a proxy.
        """
        import httpx

        hooks = {}
        if self.target.endpoint is not None:
            emulator = httpx.URL(self.target.endpoint)

            def reroute(request: httpx.Request) -> None:
                if not is_loopback(str(request.url)):
                    port = ":443" if request.url.scheme == "https" else ""  # a load balancer has a listener for each
                    request.headers["Host"] = f"{request.url.host}{port}"
                    request.url = request.url.copy_with(scheme=emulator.scheme, host=emulator.host, port=emulator.port)

            hooks = {"request": [reroute]}
        own = not self.target.emulated
        return httpx.Client(timeout=timeout, verify=trust(verify=verify, own=own), event_hooks=hooks, trust_env=own)
