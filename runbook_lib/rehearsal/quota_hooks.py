"""Answers Service Quotas, which MiniStack does not have, with AWS's own default quotas.

An account of AWS may have others; the rehearsal's has these, so that a full one can be rehearsed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    App = Callable[[Any, Any, Any], Awaitable[None]]

TARGET = b"ServiceQuotasV20190624."
DEFAULTS = {
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", 5.0),
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5.0),
    ("rds", "L-7B6409FD"): ("DB instances", 40.0),
    ("kms", "L-C2F1777E"): ("Customer Master Keys (CMKs)", 100000.0),
}
"""By service and code: the name and value that AWS gives a new account (Service Quotas console, 2026-11)."""


def wrap(app: App) -> App:
    """``app``, which also answers GetServiceQuota."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        target = dict(scope.get("headers") or ()).get(b"x-amz-target", b"")
        if scope["type"] != "http" or not target.startswith(TARGET):
            return await app(scope, receive, send)
        status, body = _answer(target.removeprefix(TARGET).decode(), json.loads(await _body(receive) or b"{}"))
        headers = [(b"content-type", b"application/x-amz-json-1.1")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})
        return None

    return wrapped


async def _body(receive: Any) -> bytes:
    found, more = b"", True
    while more:
        message = await receive()
        found, more = found + message.get("body", b""), message.get("more_body", False)
    return found


def _answer(operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    service, code = asked.get("ServiceCode", ""), asked.get("QuotaCode", "")
    if operation not in {"GetServiceQuota", "GetAWSDefaultServiceQuota"} or (service, code) not in DEFAULTS:
        return 400, {
            "__type": "NoSuchResourceException",
            "Message": f"The rehearsal knows no quota {service} {code} for {operation}",
        }
    name, value = DEFAULTS[service, code]
    quota = {"ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": value, "Unit": "None", "Adjustable": True}
    return 200, {"Quota": quota}
