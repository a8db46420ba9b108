"""API Gateway's and the load balancer's events, read alike, and answers that suit both."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes import ALBEvent, APIGatewayProxyEvent

from payments.cards import holds_card_number
from payments.errors import BodyMalformedError, Finding

if TYPE_CHECKING:
    from payments.errors import Failure

RETRY_AFTER_SECONDS = 5
_HARMLESS = re.compile(r"[A-Za-z0-9._=:;/-]{8,128}")


@dataclass(frozen=True)
class Request:
    """What is common to both sources."""

    source: str
    method: str
    path: str
    event: ALBEvent | APIGatewayProxyEvent

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> Request:
        """Tell the sources apart by the load balancer's mark."""
        balanced = "elb" in (event.get("requestContext") or {})
        proxy: ALBEvent | APIGatewayProxyEvent = ALBEvent(event) if balanced else APIGatewayProxyEvent(event)
        return cls("alb" if balanced else "api", event.get("httpMethod", ""), event.get("path", ""), proxy)

    def body(self) -> str | None:
        """Give the body as text.

        Raises:
            BodyMalformedError: It is not UTF-8.
        """
        malformed = BodyMalformedError(Finding("", "not_text", "Send UTF-8."))
        if not isinstance(self.event.body, str | None):
            raise malformed
        try:
            return self.event.decoded_body
        except ValueError:
            raise malformed from None

    def correlation_id(self, fallback: str) -> str:
        """Choose the id that ties API, log line, audit object and row together.

        The caller's own comes first, if it is harmless; then API Gateway's request id, which its access log and its
        own answers carry; then the load balancer's trace id; last the invocation's.
        """
        headers = self.event.headers
        candidates = (
            _harmless(headers.get("x-correlation-id")),
            _harmless((self.event.get("requestContext") or {}).get("requestId")),
            _harmless(headers.get("x-amzn-trace-id")),
        )
        return next((candidate for candidate in candidates if candidate is not None), fallback)


def _harmless(value: Any) -> str | None:
    """Give a value that may be written into logs and rows; anybody can send anything in a header.

    Unlike in a text, a colon here is no time of day that would have to be let through.
    """
    if not isinstance(value, str) or not _HARMLESS.fullmatch(value) or holds_card_number(value.replace(":", "-")):
        return None
    return value


def success(status: int, body: dict[str, Any], correlation_id: str) -> dict[str, Any]:
    """Build an answer."""
    return _response(status, "application/json", body, {"x-correlation-id": correlation_id})


def problem(failure: Failure, findings: tuple[Finding, ...], correlation_id: str) -> dict[str, Any]:
    """Build a problem document (RFC 9457) that names fields and reasons, never values."""
    body: dict[str, Any] = {
        "type": f"urn:payments:problem:{failure.event.replace('_', '-')}",
        "title": failure.title,
        "status": failure.status,
        "correlation_id": correlation_id,
    }
    if findings:
        body["errors"] = [{"field": finding.field, "code": finding.code, "message": finding.message} for finding in findings]
    headers = {"x-correlation-id": correlation_id}
    if failure.retry:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return _response(failure.status, "application/problem+json", body, headers)


def _response(status: int, content_type: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": content_type, "Cache-Control": "no-store", **headers},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
