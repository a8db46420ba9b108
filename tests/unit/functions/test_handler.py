"""A3, O1: the edge; each failure has its own answer, log event and metric, and nothing that was sent is logged."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from payments import handler as edge
from payments.errors import FAILURES, UNEXPECTED, AuditStoreUnavailableError
from payments.process import Processor
from shared.database import DatabaseUnavailableError
from shared.secret import SecretUnreadableError

from .conftest import CARD_NUMBER, PAYMENT_ID, FakeAuditStore, FakeStore, body

TRACE = "Root=1-67430a80-0123456789abcdef01234567"


@dataclass
class Context:
    """What Lambda tells a function about its invocation."""

    remaining_ms: int = 20_000
    function_name: str = "payments-test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:payments-test"
    aws_request_id: str = "invocation-1"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


def api_event(text: str | None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "httpMethod": "POST",
        "path": "/payments",
        "headers": headers,
        "body": text,
        "isBase64Encoded": False,
        "requestContext": {"requestId": "api-request-1", "stage": "staging"},
    }


def alb_event(text: str | None, method: str = "POST", path: str = "/payments") -> dict[str, Any]:
    return {
        "httpMethod": method,
        "path": path,
        "headers": {"x-amzn-trace-id": TRACE},
        "body": text,
        "isBase64Encoded": False,
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
    }


class Edge:
    """The handler over fake stores, with everything it prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.store, self.audit = FakeStore(), FakeAuditStore()
        self._capsys = capsys
        self._log = io.StringIO()
        monkeypatch.setattr(edge, "_processor", cache(lambda: Processor(self.store, self.audit)))
        monkeypatch.setattr(edge.logger.registered_handler, "stream", self._log)

    def __call__(self, event: Any, context: Context | None = None) -> tuple[int, dict[str, Any]]:
        self.response = edge.handler(event, context or Context())
        return self.response["statusCode"], json.loads(self.response["body"])

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def printed(self) -> str:
        self._printed = getattr(self, "_printed", "") + self._capsys.readouterr().out
        return self._log.getvalue() + self._printed

    def metrics(self) -> list[str]:
        self.printed()
        found = [json.loads(line) for line in self._printed.splitlines()]
        assert all(one["function_name"] == "payments-test" for one in found)
        return [one["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"] for one in found]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Edge:
    return Edge(monkeypatch, capsys)


@pytest.mark.parametrize("event", [api_event, alb_event])
def test_both_doors_accept_a_payment_and_answer_alike(ask: Edge, event: Any) -> None:
    status, answer = ask(event(body()))
    assert (status, answer["payment_id"], answer["status"]) == (201, PAYMENT_ID, "accepted")
    assert ask(event(body()))[0] == 200
    assert ask.metrics() == ["PaymentAccepted", "PaymentRepeated"]
    assert [line["message"] for line in ask.log] == ["payment_accepted", "payment_repeated"]


FAILING: list[tuple[str, dict[str, Any], int]] = [
    ("body_malformed", {"text": "{"}, 400),
    ("body_malformed", {"text": '{"amount": 1e9999999999999999999}'}, 400),
    ("body_oversized", {"text": " " * 20_000}, 413),
    ("card_number_sent", {"text": body(metadata={"note": CARD_NUMBER})}, 422),
    ("payment_refused", {"text": body(currency="XXX")}, 422),
    ("payment_conflict", {"text": body(amount="1.00"), "before": body()}, 409),
    ("database_unavailable", {"begin": DatabaseUnavailableError("57P03")}, 503),
    ("secret_unreadable", {"begin": SecretUnreadableError("AccessDeniedException")}, 503),
    ("audit_store_unavailable", {"put": AuditStoreUnavailableError("SlowDown")}, 503),
    ("time_nearly_out", {"remaining_ms": 100}, 503),
    ("unexpected_error", {"begin": RuntimeError(f"what was sent: {CARD_NUMBER}")}, 500),
    ("route_unknown", {"event": alb_event(None, path="/admin")}, 404),
    ("method_unknown", {"event": alb_event(None, method="DELETE")}, 405),
]


@pytest.mark.parametrize(("event", "case", "status"), FAILING, ids=[name for name, _, _ in FAILING])
def test_each_failure_has_its_own_answer_line_and_metric(ask: Edge, event: str, case: dict[str, Any], status: int) -> None:
    if "before" in case:
        ask(api_event(case["before"]))
    ask.store.failures = {"begin": [case["begin"]]} if "begin" in case else {}
    ask.audit.failures = {"put": [case["put"]]} if "put" in case else {}
    context = Context(remaining_ms=case.get("remaining_ms", 20_000))
    answered, problem = ask(case.get("event") or api_event(case.get("text", body())), context)
    [failure] = [one for one in (*FAILURES.values(), UNEXPECTED) if one.event == event]
    assert (answered, problem["status"], problem["title"]) == (status, status, failure.title)
    assert ask.response["headers"]["Content-Type"] == "application/problem+json"
    assert ("Retry-After" in ask.response["headers"]) is (status == 503)
    assert (ask.log[-1]["message"], ask.log[-1]["status"]) == (event, status)
    assert ask.log[-1]["level"] == ("ERROR" if status >= 500 else "WARNING")
    assert ask.metrics()[-1] == failure.metric
    assert CARD_NUMBER not in ask.printed() + ask.response["body"]


def test_every_failure_there_is_was_tried_and_none_shares_its_event_or_metric() -> None:
    failures = [*FAILURES.values(), UNEXPECTED]
    assert {one.event for one in failures} == {name for name, _, _ in FAILING}
    assert len({one.metric for one in failures}) == len(failures)


def test_the_correlation_id_is_the_same_everywhere(ask: Edge) -> None:
    ask(api_event(body(), {"X-Correlation-Id": "caller-chose-this"}))
    found = {
        ask.response["headers"]["x-correlation-id"],
        json.loads(ask.response["body"])["correlation_id"],
        ask.log[-1]["correlation_id"],
        ask.store.rows[PAYMENT_ID].correlation_id,
        ask.audit.objects[f"audit/{PAYMENT_ID}/accepted.json"]["correlation_id"],
    }
    assert found == {"caller-chose-this"}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (api_event("{"), "api-request-1"),
        (api_event("{", {"x-correlation-id": f"id-{CARD_NUMBER}"}), "api-request-1"),
        *[
            (api_event("{", {"x-correlation-id": separator.join(["id-4111", *["1111"] * 3])}), "api-request-1")
            for separator in "._=:;/-"
        ],
        (api_event("{", {"x-correlation-id": "line\nbreak"}), "api-request-1"),
        ({**api_event("{"), "requestContext": {"requestId": CARD_NUMBER}}, "invocation-1"),
        ({**api_event("{"), "requestContext": {"requestId": 12345678}}, "invocation-1"),
        ({**api_event("{"), "headers": {"x-correlation-id": ["caller-chose-this"]}}, "api-request-1"),
        (alb_event("{"), TRACE),
        ({**alb_event("{"), "headers": {"x-amzn-trace-id": CARD_NUMBER}}, "invocation-1"),
    ],
)
def test_an_id_that_is_absent_or_harmful_is_replaced(ask: Edge, event: dict[str, Any], expected: str) -> None:
    _, problem = ask(event)
    assert problem["correlation_id"] == ask.response["headers"]["x-correlation-id"] == expected


def test_health_answers_without_touching_anything(ask: Edge) -> None:
    ask.store.failures = {"begin": [AssertionError()]}
    assert ask(alb_event(None, "GET", "/health")) == (200, {"status": "ok"})
    assert ask.printed() == ""


def test_a_base64_body_is_read(ask: Edge) -> None:
    event = {**alb_event(base64.b64encode(body().encode()).decode()), "isBase64Encoded": True}
    assert ask(event)[0] == 201


@pytest.mark.parametrize("text", ["/w==", "not base64!"])
def test_a_body_that_is_no_text_is_malformed(ask: Edge, text: str) -> None:
    assert ask({**alb_event(text), "isBase64Encoded": True})[0] == 400


def test_a_body_that_is_absent_is_malformed(ask: Edge) -> None:
    assert ask(api_event(None))[0] == 400


ODD: list[tuple[Any, int]] = [
    ({}, 404),
    ({"requestContext": None, "headers": None}, 404),
    ({"httpMethod": ["POST"], "path": None}, 404),
    ({**api_event(body()), "headers": None}, 201),
    *[({**api_event(body()), "headers": headers}, 500) for headers in ([["x-correlation-id"]], "text", 42)],
    *[({**api_event(body()), "requestContext": context}, 500) for context in (["elb"], "elb", 42)],
    *[({**api_event(None), "body": content}, 400) for content in (42, True, {}, [CARD_NUMBER])],
    *[({**api_event(None), "body": content, "isBase64Encoded": True}, 400) for content in (42, {}, "\ud800")],
    *[(event, 500) for event in (None, [], "event", 42)],
]


@pytest.mark.parametrize(("event", "status"), ODD)
def test_an_event_from_nowhere_is_answered_logged_and_counted(ask: Edge, event: Any, status: int) -> None:
    answered, answer = ask(event)
    assert answered == status
    assert answer["correlation_id"] == ask.response["headers"]["x-correlation-id"] == ask.log[-1]["correlation_id"]
    assert (len(ask.log), len(ask.metrics())) == (1, 1)
    assert CARD_NUMBER not in ask.printed() + ask.response["body"]
