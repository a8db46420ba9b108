"""The edge: what Lambda calls, with the log line and the metric of every request."""

from __future__ import annotations

import os
import traceback
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from payments import http
from payments.audit import S3AuditStore
from payments.deadline import Deadline, DeadlineError
from payments.errors import (
    FAILURES,
    UNEXPECTED,
    MethodUnknownError,
    RequestError,
    RouteUnknownError,
    TimeNearlyOutError,
)
from payments.process import Processor
from payments.store import ROLE, PostgresStore
from shared import database

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from payments.errors import Failure

logger = Logger()
metrics = Metrics()
# Short enough that a dead dependency is noticed while there is still time to say so.
_CLIENT = Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"})
# Once only: connecting to each of S3's addresses in turn takes long enough, and the client repeats a payment anyway.
_AUDIT_CLIENT = Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1, "mode": "standard"})
_OUTCOMES = {False: (201, "payment_accepted", "PaymentAccepted"), True: (200, "payment_repeated", "PaymentRepeated")}
"""By whether the payment was on record already: status, log event and metric."""


@cache
def _processor() -> Processor:
    """Make the clients once per execution environment, in a session of their own that goes with them."""
    session = boto3.Session()
    secrets, s3 = session.client("secretsmanager", config=_CLIENT), session.client("s3", config=_AUDIT_CLIENT)
    return Processor(
        store=PostgresStore(database.from_environment(secrets, "payments", ROLE)),
        audit_store=S3AuditStore(s3, os.environ["AUDIT_BUCKET"], os.environ["AUDIT_KMS_KEY_ARN"]),
    )


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request, whatever the event is: anybody with the right to may invoke a function with anything."""
    metrics.set_default_dimensions(function_name=context.function_name)
    correlation_id = context.aws_request_id
    logger.append_keys(correlation_id=correlation_id)
    try:
        request = http.Request.from_event(event)
        correlation_id = request.correlation_id(correlation_id)
        logger.append_keys(correlation_id=correlation_id, source=request.source)
        return _route(request, correlation_id, context)
    except tuple(FAILURES) as error:
        return _fail(FAILURES[type(error)], error, correlation_id)
    except DeadlineError as error:
        answer = _fail(FAILURES[TimeNearlyOutError], error, correlation_id)
        _start_afresh()
        return answer
    except Exception as error:  # noqa: BLE001 - the last line: whatever it is, the caller gets an answer and we a log line
        return _fail(UNEXPECTED, error, correlation_id)


def _route(request: http.Request, correlation_id: str, context: LambdaContext) -> dict[str, Any]:
    match request.path, request.method:
        case "/health", "GET":
            # Shallow on purpose: with the database down, taking the function out of service would help nobody.
            return http.success(200, {"status": "ok"}, correlation_id)
        case "/payments", "POST":
            return _payment(request, correlation_id, context)
        case "/health" | "/payments", _:
            raise MethodUnknownError
        case _:
            raise RouteUnknownError


def _payment(request: http.Request, correlation_id: str, context: LambdaContext) -> dict[str, Any]:
    with Deadline(context.get_remaining_time_in_millis):
        accepted = _processor().process(request.body(), correlation_id, context.get_remaining_time_in_millis)
    status, event, metric = _OUTCOMES[accepted.repeated]
    logger.info(event, extra={"payment_id": accepted.body["payment_id"], "status": status})
    _count(metric)
    return http.success(status, accepted.body, correlation_id)


def _start_afresh() -> None:
    """Drop connection and clients: they were stopped half-way, and the next answer read could be that to the last question."""
    if _processor.cache_info().currsize:
        _processor().store.close()
    _processor.cache_clear()


def _fail(failure: Failure, error: BaseException, correlation_id: str) -> dict[str, Any]:
    """Log what failed by class, code and place, never by message: messages quote what was sent."""
    findings = error.findings if isinstance(error, RequestError) else ()
    details: dict[str, Any] = {
        "status": failure.status,
        "error": type(error).__name__,
        "code": getattr(error, "code", None),
        "payment_id": getattr(error, "payment_id", None),
        "reasons": [f"{finding.field}:{finding.code}" for finding in findings],
    }
    if failure is UNEXPECTED or isinstance(error, DeadlineError):
        frames = traceback.extract_tb(error.__traceback__)
        details["frames"] = [f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in frames]  # noqa: PTH119 - one name, no path object
    log = logger.error if failure.ours else logger.warning
    log(failure.event, extra={key: value for key, value in details.items() if value})
    _count(failure.metric)
    return http.problem(failure, findings, correlation_id)


def _count(metric: str) -> None:
    """Write one metric at once: a request has one outcome, and a health check none."""
    metrics.add_metric(metric, MetricUnit.Count, 1)
    metrics.flush_metrics()
