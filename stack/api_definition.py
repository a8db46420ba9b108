"""What the API accepts and answers, as plain values: the deployment is redone when their digest changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

PATH = "payments"
RETRY_AFTER_SECONDS = 5
METHOD: dict[str, Any] = {
    "http_method": "POST",
    "authorization": "NONE",  # the key identifies the caller's plan; who may hold one is decided outside
    "api_key_required": True,
}
VALIDATOR: dict[str, Any] = {"validate_request_body": True}
INTEGRATION: dict[str, Any] = {"type": "AWS_PROXY", "integration_http_method": "POST"}

# Draft 04, the only one API Gateway knows. It checks shape alone: unknown fields and values are left to the function,
# because only that can tell a typing error from a card number, and answers alike through the load balancer.
PAYMENT_MODEL: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "title": "Payment",
    "type": "object",
    "required": ["payment_id", "amount", "currency", "merchant_id", "method"],
    "properties": {
        "payment_id": {"type": "string"},
        "amount": {"type": "string"},
        "currency": {"type": "string"},
        "merchant_id": {"type": "string"},
        "method": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"type": "string"}, "token": {"type": "string"}},
        },
        "metadata": {"type": "object"},
    },
}

_CONTEXT_FIELDS = {
    "request_id": "requestId",
    "trace_id": "xrayTraceId",
    "time": "requestTimeEpoch",
    "method": "httpMethod",
    "path": "resourcePath",
    "status": "status",
    "source_ip": "identity.sourceIp",
    "api_key_id": "identity.apiKeyId",
    "response_bytes": "responseLength",
    "latency_ms": "responseLatency",
    "integration_latency_ms": "integration.latency",
    "integration_status": "integration.status",
    "error_type": "error.responseType",
}
ACCESS_LOG_FORMAT = json.dumps({field: f"$context.{variable}" for field, variable in _CONTEXT_FIELDS.items()})
"""No body, no header, no error text: API Gateway's validation messages quote what was sent."""


@dataclass(frozen=True)
class GatewayAnswer:
    """What API Gateway says when the function was not asked, in the function's own form (RFC 9457)."""

    response_type: str
    title: str
    status: int | None = None
    """None keeps the status that API Gateway chose."""
    retry: bool = False

    def template(self) -> str:
        """Give the problem document; the request id is the correlation id that the function would use."""
        problem: dict[str, Any] = {"type": "about:blank", "title": self.title}
        if self.status is not None:
            problem["status"] = self.status
        return json.dumps({**problem, "correlation_id": "$context.requestId"})

    def headers(self) -> dict[str, str]:
        """Give the response headers, literal values in API Gateway's quotes."""
        headers = {
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.x-correlation-id": "context.requestId",
        }
        if self.retry:
            headers["gatewayresponse.header.Retry-After"] = f"'{RETRY_AFTER_SECONDS}'"
        return headers


GATEWAY_ANSWERS = (
    GatewayAnswer("ACCESS_DENIED", "Access is denied", 403),
    GatewayAnswer("BAD_REQUEST_BODY", "The body is not a payment", 400),
    GatewayAnswer("DEFAULT_4XX", "The request was not accepted"),
    GatewayAnswer("DEFAULT_5XX", "The service failed"),
    GatewayAnswer("INTEGRATION_FAILURE", "The service is not available", 503, retry=True),
    GatewayAnswer("INTEGRATION_TIMEOUT", "The service did not answer in time", 503, retry=True),
    GatewayAnswer("INVALID_API_KEY", "The API key is missing or unknown", 403),
    GatewayAnswer("QUOTA_EXCEEDED", "The day's quota is used up", 429),
    GatewayAnswer("REQUEST_TOO_LARGE", "The body is too large", 413),
    GatewayAnswer("THROTTLED", "Too many requests", 429, retry=True),
)


def definition_digest() -> str:
    """Digest everything above that a deployment freezes."""
    answers = [[answer.response_type, answer.status, answer.template(), answer.headers()] for answer in GATEWAY_ANSWERS]
    content = json.dumps([PATH, METHOD, VALIDATOR, INTEGRATION, PAYMENT_MODEL, answers], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
