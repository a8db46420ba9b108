"""The one place that makes AWS clients, for AWS itself or for the emulator in its place.

``Target`` says where; ``Aws`` hands out boto3 clients for it (made once, safe to use from threads) and speaks HTTP
to the endpoints that the stack itself offers (its API and its load balancer).
"""

from __future__ import annotations

import ipaddress
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator

from runbook_lib.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


class Target(BaseModel):
    """Where the stack lives.

    Attributes:
        region: The AWS region, e.g. ``us-east-1``.
        endpoint: The emulator's address, e.g. ``http://127.0.0.1:4566``; ``None`` is AWS itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    endpoint: str | None = None

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


class Aws:
    """boto3 clients and HTTP for one target."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    @cached_property
    def _session(self) -> Any:
        import boto3

        # The emulator knows no accounts: fixed, worthless credentials keep the operator's own off its wire.
        keys: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"} if self.target.emulated else {}
        return boto3.Session(region_name=self.target.region, **keys)

    def client(self, service: str) -> Any:
        """The boto3 client for ``service``, e.g. ``rds``; the same one every time."""
        from botocore.config import Config

        with self._lock:  # sessions are not safe to make clients from in parallel; clients are safe to use
            if service not in self._clients:
                config = Config(
                    retries={"mode": "standard", "max_attempts": 4},
                    connect_timeout=5,
                    read_timeout=30,
                    max_pool_connections=32,
                )
                self._clients[service] = self._session.client(service, endpoint_url=self.target.endpoint, config=config)
            return self._clients[service]

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
        to the emulator, which is told the name by the Host header, as a load balancer is.
        """
        import httpx

        hooks = {}
        if self.target.endpoint is not None:
            emulator = httpx.URL(self.target.endpoint)

            def reroute(request: httpx.Request) -> None:
                if not is_loopback(str(request.url)):
                    request.headers["Host"] = request.url.host
                    request.url = request.url.copy_with(scheme=emulator.scheme, host=emulator.host, port=emulator.port)

            hooks = {"request": [reroute]}
        return httpx.Client(timeout=timeout, verify=verify, event_hooks=hooks)
