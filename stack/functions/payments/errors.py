"""Every way a request can fail, each with its own answer, log event and metric."""

from __future__ import annotations

from dataclasses import dataclass

from shared.database import DatabaseUnavailableError
from shared.secret import SecretUnreadableError


@dataclass(frozen=True)
class Finding:
    """What is wrong with one field; never the field's value, which may be a card number."""

    field: str
    code: str
    message: str


class RequestError(Exception):
    """Raised when a request is the caller's mistake."""

    def __init__(self, *findings: Finding, payment_id: str | None = None) -> None:
        super().__init__(*(finding.code for finding in findings))
        self.findings = findings
        self.payment_id = payment_id


class BodyMalformedError(RequestError):
    """Raised when a body is not a payment: bad JSON, wrong types, missing or unknown fields."""


class BodyOversizedError(RequestError):
    """Raised when a body is larger than any payment."""


class CardNumberSentError(RequestError):
    """Raised when a card number is found anywhere in a body."""


class PaymentRefusedError(RequestError):
    """Raised when a payment is well-formed but not acceptable."""


class PaymentConflictError(RequestError):
    """Raised when a payment id is already used for another content."""


class RouteUnknownError(RequestError):
    """Raised when there is nothing at a path."""


class MethodUnknownError(RequestError):
    """Raised when a path does not take a method."""


class AuditStoreUnavailableError(Exception):
    """Raised when an audit object cannot be written; `code` is AWS's error code or a class name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TimeNearlyOutError(Exception):
    """Raised when the next step might not finish before Lambda stops the function."""


@dataclass(frozen=True)
class Failure:
    """How one class of failure is answered."""

    status: int
    event: str
    metric: str
    title: str

    @property
    def retry(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.status == 503  # noqa: PLR2004 - Service Unavailable

    @property
    def ours(self) -> bool:
        """Whether it is the service's fault and not the caller's."""
        return self.status >= 500  # noqa: PLR2004 - the server error class


UNEXPECTED = Failure(500, "unexpected_error", "UnexpectedError", "The service failed")
FAILURES: dict[type[Exception], Failure] = {
    BodyMalformedError: Failure(400, "body_malformed", "BodyMalformed", "The body is not a payment"),
    BodyOversizedError: Failure(413, "body_oversized", "BodyOversized", "The body is too large"),
    CardNumberSentError: Failure(422, "card_number_sent", "CardNumberSent", "A card number must never be sent"),
    PaymentRefusedError: Failure(422, "payment_refused", "PaymentRefused", "The payment is refused"),
    PaymentConflictError: Failure(409, "payment_conflict", "PaymentConflict", "The payment id is used already"),
    RouteUnknownError: Failure(404, "route_unknown", "RouteUnknown", "There is nothing at this path"),
    MethodUnknownError: Failure(405, "method_unknown", "MethodUnknown", "This path does not take this method"),
    DatabaseUnavailableError: Failure(503, "database_unavailable", "DatabaseUnavailable", "The database is not available"),
    SecretUnreadableError: Failure(503, "secret_unreadable", "SecretUnreadable", "The database is not accessible"),
    AuditStoreUnavailableError: Failure(
        503, "audit_store_unavailable", "AuditStoreUnavailable", "The audit store is not available"
    ),
    TimeNearlyOutError: Failure(503, "time_nearly_out", "TimeNearlyOut", "There is not enough time left"),
}
