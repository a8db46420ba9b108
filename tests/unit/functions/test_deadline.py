"""A3: what hangs is stopped while there is time to answer, log and count; then nothing of it is used again."""

from __future__ import annotations

import signal
import socket
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import pg8000.native
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.httpsession import URLLib3Session
from payments import deadline
from payments import handler as edge
from payments.deadline import MARGIN_SECONDS, Deadline, DeadlineError
from payments.errors import AuditStoreUnavailableError, TimeNearlyOutError
from payments.process import Processor
from shared.database import Database
from shared.secret import Credentials

from .conftest import PAYMENT_ID, FakeAuditStore, FakeStore, body
from .test_handler import Context, Edge, api_event

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSOR = edge._processor.__wrapped__
LAMBDA_SECONDS = 6.0
HANGS_SECONDS = 10
"""Far beyond the time that there is: a test that fails, fails, and does not hang."""


class Clock(Context):
    """An invocation whose time really passes."""

    def __init__(self) -> None:
        super().__init__()
        self._end = time.monotonic() + LAMBDA_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        return int((self._end - time.monotonic()) * 1000)


def hang(*_: Any) -> Any:
    """Be a dependency that catches what it can, as botocore and pg8000 do, and tries again."""
    for _attempt in range(2):
        try:
            time.sleep(HANGS_SECONDS)
        except Exception:  # noqa: BLE001, S112 - what is tested
            continue
    pytest.fail("it was not stopped")


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Edge:
    monkeypatch.setattr(deadline, "MARGIN_SECONDS", LAMBDA_SECONDS - 0.2)  # stopped early, so that the test is short
    return Edge(monkeypatch, capsys)


def heard(_signal: int, _frame: Any) -> None:
    """Somebody else's use of the signal."""


@pytest.fixture
def others() -> Iterator[None]:
    """Somebody else's alarm, set for later (pytest-timeout sets one too)."""
    timer, handler = signal.setitimer(signal.ITIMER_REAL, 200, 7), signal.signal(signal.SIGALRM, heard)
    yield
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, *timer)


def assert_untouched() -> None:
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    assert signal.getsignal(signal.SIGALRM) is heard
    assert (0 < left <= 200, interval) == (True, 7)


@pytest.mark.parametrize("where", ["begin", "put", "accept"])
def test_what_hangs_is_answered_logged_and_counted_in_time(ask: Edge, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    context = Clock()
    with monkeypatch.context() as patch:
        patch.setattr(ask.audit if where == "put" else ask.store, where, hang)
        status, problem = ask(api_event(body()), context)
        assert context.get_remaining_time_in_millis() > 0
    assert (status, problem["type"]) == (503, "urn:payments:problem:time-nearly-out")
    assert "Retry-After" in ask.response["headers"]
    [line] = ask.log
    assert (line["message"], line["level"], line["error"]) == ("time_nearly_out", "ERROR", "DeadlineError")
    assert any(frame.startswith("test_deadline.py:") for frame in line["frames"]), "it says where it hung"
    assert ask.metrics() == ["TimeNearlyOut"]
    # Stopping is safe: nothing was accepted, and the repeat completes it.
    assert not any(row.accepted for row in ask.store.rows.values())
    assert ask(api_event(body()))[0] == 201
    assert ask.store.rows[PAYMENT_ID].accepted


def test_what_was_stopped_is_closed_and_not_used_again(ask: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, new = FakeStore(), FakeStore()
    stores = [stopped, new]
    monkeypatch.setattr(edge, "_processor", cache(lambda: Processor(stores.pop(0), FakeAuditStore())))
    monkeypatch.setattr(stopped, "begin", hang)
    assert ask(api_event(body()), Clock())[0] == 503
    assert stopped.closed
    assert ask(api_event(body()))[0] == 201
    assert (stopped.rows, list(new.rows), new.closed) == ({}, [PAYMENT_ID], False)


def test_clients_that_hang_while_they_are_made_are_made_again(ask: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    makers = iter([hang, lambda: Processor(ask.store, ask.audit)])

    def make() -> Any:
        return next(makers)()

    monkeypatch.setattr(edge, "_processor", cache(make))
    assert ask(api_event(body()), Clock())[0] == 503
    assert ask(api_event(body()))[0] == 201


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Lambda's configuration says to the function, and its role's credentials."""
    names = (
        "DB_HOST",
        "DB_NAME",
        "DB_SECRET_ARN",
        "AUDIT_BUCKET",
        "AUDIT_KMS_KEY_ARN",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    )
    for name in names:
        monkeypatch.setenv(name, "x" * 16)
    monkeypatch.setenv("DB_PORT", "5432")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.usefixtures("environment")
def test_botocore_is_stopped_and_does_not_try_again(ask: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real clients; the secret is what is read first."""
    monkeypatch.setattr(edge, "_processor", cache(PROCESSOR))
    monkeypatch.setattr(URLLib3Session, "send", hang)
    edge._processor()  # its clients take longer to make than this test gives
    assert ask(api_event(body()), Clock())[0] == 503
    assert (ask.log[-1]["message"], edge._processor.cache_info().currsize) == ("time_nearly_out", 0)


def test_pg8000_is_stopped_and_closes_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts the connection and says nothing."""
    monkeypatch.setattr(deadline, "MARGIN_SECONDS", LAMBDA_SECONDS - 0.2)
    ours, theirs = socket.socketpair()
    ours.settimeout(HANGS_SECONDS)

    def connect(_credentials: Credentials) -> Any:
        return pg8000.native.Connection("user", password="", sock=ours, ssl_context=False)

    database = Database(lambda: Credentials("user", ""), connect)
    with theirs, pytest.raises(DeadlineError), Deadline(Clock().get_remaining_time_in_millis):
        database.run("SELECT 1")
    assert ours.fileno() == -1


@pytest.mark.usefixtures("environment")
def test_an_audit_object_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt may take a connect timeout for each of S3's addresses."""
    attempts: list[Any] = []

    def unreachable(_session: Any, request: Any) -> None:
        attempts.append(request)
        raise ConnectTimeoutError(endpoint_url=request.url)

    monkeypatch.setattr(URLLib3Session, "send", unreachable)
    with pytest.raises(AuditStoreUnavailableError, match="ConnectTimeoutError"):
        PROCESSOR().audit_store.put("audit/x.json", {})
    assert len(attempts) == 1


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("text", [body(), "{"])
def test_an_ordinary_request_leaves_no_alarm_and_keeps_its_connection(ask: Edge, text: str) -> None:
    ask(api_event(text))
    assert_untouched()
    assert not ask.store.closed


@pytest.mark.usefixtures("others")
def test_a_stopped_request_gives_signal_and_timer_back(ask: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask.store, "begin", hang)
    assert ask(api_event(body()), Clock())[0] == 503
    assert_untouched()


def test_where_no_timer_ran_none_runs_after() -> None:
    timer = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        with Deadline(lambda: 60_000):
            assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)


def test_without_time_nothing_is_begun() -> None:
    """A timer set to nought would never go off."""
    with pytest.raises(TimeNearlyOutError), Deadline(lambda: int(MARGIN_SECONDS * 1000)):
        pytest.fail("it began")


def test_no_handler_of_exceptions_catches_it() -> None:
    assert not issubclass(DeadlineError, Exception)
