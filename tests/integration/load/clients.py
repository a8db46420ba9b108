"""Clients that behave: each sends one request, and repeats it with the same id until it is decided."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from runbook_lib.snapshot.probe import MERCHANT, Bench, payment

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPTS = 120
"""How often a client repeats at most; with its pauses that is two minutes, far more than a restart takes."""
TRY_AGAIN = {429, 503}
"""Over the throttle, or a dependency is not there: both say Retry-After."""
DECIDED = (200, 201, 400)
OUTAGE = "urn:payments:problem:database-unavailable"
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Answer:
    """What the API said."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Load:
    """What is sent, in this order, and which payments must be there in the end."""

    requests: list[Any]
    payments: Counter[str]
    """Payment id → how many clients send it."""


def payments_and_others(count: int) -> Load:
    """``count`` requests: 80 % payments, 10 % the same as others of them, 10 % no payments; seeded order."""
    first = [payment() for _ in range(count * 8 // 10)]
    repeated = first[: count // 10]
    requests = [*first, *repeated, *_malformed(count // 10)]
    random.Random(20261124).shuffle(requests)
    assert len(requests) == count
    return Load(requests, Counter(each["payment_id"] for each in (*first, *repeated)))


def _malformed(count: int) -> list[Any]:
    """Bodies that are wrong in turn; the API's model finds the first two, the function the others."""
    wrong: list[Callable[[], Any]] = [
        lambda: json.dumps(payment())[:-1],
        lambda: payment(amount=12.5),
        lambda: payment(payment_id="not-a-uuid"),
        lambda: payment(unknown="x"),
    ]
    return [wrong[number % len(wrong)]() for number in range(count)]


class Crowd:
    """One client per request of a load, all at once."""

    def __init__(self, bench: Bench, load: Load) -> None:
        self._key = bench.key
        self._url = f"{bench.outputs.api_url}/payments"
        self._load = load
        self._answers: list[list[Answer]] = [[] for _ in load.requests]
        self._answered = threading.Condition()

    def send(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Send everything, and do something else at the same time."""
        start = threading.Barrier(len(self._load.requests))
        with ThreadPoolExecutor(len(self._load.requests) + 1) as pool:
            other = pool.submit(meanwhile)
            clients = [pool.submit(self._client, number, start) for number in range(len(self._load.requests))]
            for client in (*clients, other):
                client.result()

    def _client(self, number: int, start: threading.Barrier) -> None:
        content, pause = self._load.requests[number], random.Random(number)
        text = content if isinstance(content, str) else json.dumps(content)
        # By its beginning the schema function knows a test payment, and removes its row in the end.
        correlation_id = f"{MERCHANT}-{uuid.uuid4()}"
        headers = {"x-api-key": self._key, "x-correlation-id": correlation_id, "content-type": "application/json"}
        with httpx.Client(headers=headers, timeout=60, trust_env=False, verify=False) as http:  # noqa: S501 - loopback, in clear
            start.wait()
            for _ in range(ATTEMPTS):
                response = http.post(self._url, content=text)
                with self._answered:
                    self._answers[number].append(Answer(response.status_code, response.json()))
                    self._answered.notify_all()
                if response.status_code not in TRY_AGAIN:
                    return
                time.sleep(pause.uniform(0.5, 1.5))

    def wait(self, until: Callable[[], bool]) -> bool:
        """Wait until the answers so far show something; gives whether they did."""
        with self._answered:
            return self._answered.wait_for(until, PATIENCE_SECONDS)

    def count(self, *statuses: int) -> int:
        """How many answers of these statuses there were."""
        return sum(answer.status in statuses for answers in self._answers for answer in answers)

    def felt_the_outage(self) -> bool:
        """Whether somebody was told that the database is not available."""
        return any(answer.body.get("type") == OUTAGE for answers in self._answers for answer in answers)

    def assert_decided(self) -> None:
        """Payments are accepted, each once, and what is none is refused; nobody gave up, nothing else was answered."""
        expected = Counter({True: sum(self._load.payments.values())})
        expected[False] = len(self._load.requests) - expected[True]
        found = Counter((self._is_payment(number), answers[-1].status) for number, answers in enumerate(self._answers))
        assert found[False, 400] == expected[False], found
        assert found[True, 200] + found[True, 201] == expected[True], found
        assert {answer.status for answers in self._answers for answer in answers} <= {*DECIDED, *TRY_AGAIN}

    def decided(self) -> dict[str, dict[str, Any]]:
        """Each payment's answer, which is the same whoever asked and however often.

        At most one client is told 201: none, if the answer was lost with the database and a repeat told 200.
        """
        told: dict[str, list[Answer]] = {}
        for number, answers in enumerate(self._answers):
            if self._is_payment(number):
                told.setdefault(self._load.requests[number]["payment_id"], []).append(answers[-1])
        assert told.keys() == self._load.payments.keys()
        for payment_id, answers in told.items():
            assert all(answer.body == answers[0].body for answer in answers), payment_id
            assert sum(answer.status == 201 for answer in answers) <= 1, payment_id
        return {payment_id: answers[0].body for payment_id, answers in told.items()}

    def _is_payment(self, number: int) -> bool:
        content = self._load.requests[number]
        return isinstance(content, dict) and content["payment_id"] in self._load.payments
