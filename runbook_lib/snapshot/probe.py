"""How experiments on the live system are made: requests sent, what came back, and what they left behind.

Test payments carry a merchant of their own, by which the schema function removes their rows (``cleanup``), and a new
payment id each, by which their audit objects are found.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib.snapshot.front import Front, front

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

MERCHANT = "runbook-verification"
"""The one merchant whose payments the schema function forgets (stack/functions/schema/inspection.py)."""
_LOG_DEADLINE_SECONDS = 30.0
"""CloudWatch Logs usually shows an event after a few seconds; it promises nothing."""
RACERS = 2
"""As many as it takes for a race."""
AT_ONCE = threading.BoundedSemaphore(RACERS)
"""How many requests the trials send at once. For each that finds all others busy Lambda starts an environment, slowly."""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    content_type: str
    body: Mapping[str, Any]
    """Empty unless the answer is a JSON object."""
    correlation_id: str
    """The answer's ``x-correlation-id`` header."""
    sent_correlation_id: str
    seconds: float
    retry_after: str = ""
    """The answer's ``Retry-After`` header."""
    request_id: str = ""
    """What API Gateway calls the request in its logs: the answer's ``x-amzn-RequestId`` header."""

    @property
    def problem(self) -> bool:
        """Whether it is a problem document (RFC 9457) with a correlation id."""
        return self.content_type == "application/problem+json" and bool(self.body.get("correlation_id"))


@dataclass(frozen=True)
class LogLine:
    """One structured line that a function wrote."""

    fields: Mapping[str, Any]
    at_ms: int = 0
    """When it was written, milliseconds since 1970 by the function's clock."""


@dataclass(frozen=True)
class AuditObject:
    """One audit object, with how it is encrypted."""

    key: str
    body: Mapping[str, Any]
    kms_key: str


def payment(**changes: Any) -> dict[str, Any]:
    """A valid test payment of its own id, with ``changes``; a field changed to None is left out."""
    whole = {
        "payment_id": str(uuid.uuid4()),
        "amount": "12.50",
        "currency": "EUR",
        "merchant_id": MERCHANT,
        "method": {"type": "bank_transfer"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def card_number() -> str:
    """A number that looks like a card's to everybody (16 digits, Luhn), new each time so that its traces are ours."""
    digits = "4" + "".join(str(secrets.randbelow(10)) for _ in range(14))
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    total = sum(value - 9 if value > 9 else value for value in doubled)  # noqa: PLR2004 - ISO/IEC 7812-1, annex B
    return f"{digits}{-total % 10}"


class Bench:
    """Sends requests to one stack, remembers them, and looks for what they left behind.

    Args:
        aws: Where the stack lives.
        outputs: The stack's outputs.
        at_once: Entered for each request.
    """

    def __init__(self, aws: Aws, outputs: StackOutputs, *, at_once: AbstractContextManager[object] | None = None) -> None:
        self._at_once = at_once or nullcontext()
        self.aws = aws
        self.outputs = outputs
        self._http = aws.http()
        self.payment_ids: list[str] = []
        """Those of all payments that were sent, whatever was to become of them."""
        self.statuses: list[int] = []
        """What was answered, in order."""
        self._began_ms = int(time.time() * 1000) - 60_000  # the clocks of this machine and of AWS differ a little

    @cached_property
    def key(self) -> str:
        """The API key's value; kept in memory only."""
        client = self.aws.client("apigateway")
        return str(client.get_api_key(apiKey=self.outputs.api_key_id, includeValue=True)["value"])

    def api(self, content: Any, *, key: str | None = None, start: AbstractContextManager[object] | None = None) -> Answer:
        """``POST /payments`` through the API; ``key`` replaces the right one, and an empty one sends none."""
        value = self.key if key is None else key
        headers = {"x-api-key": value} if value else {}
        return self._send("POST", Front(self.outputs.api_url), "/payments", content, headers, start)

    def race(self, content: Any) -> tuple[Answer, ...]:
        """The same payment through the API several times at the same moment: who has a place waits until all have one."""
        line = threading.Barrier(RACERS, timeout=60)  # whoever is alone by then had no rival

        @contextmanager
        def start() -> Iterator[None]:
            with self._at_once:
                line.wait()
                yield

        with ThreadPoolExecutor(RACERS) as pool:
            return tuple(pool.map(lambda _: self.api(content, start=start()), range(RACERS)))

    def balancer(self, method: str, path: str, content: Any = "") -> Answer:
        """A request through the load balancer, by HTTPS if it listens there."""
        return self._send(method, self._balancer, path, content, {})

    @cached_property
    def _balancer(self) -> Front:
        return front(self.aws, self.outputs)

    def _send(
        self, method: str, where: Front, path: str, content: Any, headers: dict[str, str],
        start: AbstractContextManager[object] | None = None,
    ) -> Answer:  # fmt: skip
        sent = f"runbook-verification-{uuid.uuid4()}"
        text = content if isinstance(content, str) else json.dumps(content)
        if isinstance(content, dict) and "payment_id" in content:
            self.payment_ids.append(content["payment_id"])
        headers |= {**where.headers, "x-correlation-id": sent, "content-type": "application/json"}
        with start or self._at_once:
            began = time.monotonic()
            response = self._http.request(
                method, f"{where.url}{path}", content=text, headers=headers, extensions=where.extensions
            )
        self.statuses.append(response.status_code)
        return Answer(
            status=response.status_code,
            content_type=response.headers.get("content-type", "").partition(";")[0],
            body=_object(response.text),
            correlation_id=response.headers.get("x-correlation-id", ""),
            sent_correlation_id=sent,
            seconds=time.monotonic() - began,
            retry_after=response.headers.get("retry-after", ""),
            request_id=response.headers.get("x-amzn-requestid", ""),
        )

    def log_lines(self, *texts: str, group: str = "", wait: bool = True) -> tuple[LogLine, ...]:
        """The lines that hold every one of ``texts``, of the payments function's log group unless another is named.

        Args:
            texts: What to look for.
            group: A log group's name.
            wait: Whether to wait for the first line to arrive.
        """
        name = group or f"/aws/lambda/{self.outputs.payments_function_name}"
        deadline = time.monotonic() + (_LOG_DEADLINE_SECONDS if wait else 0)
        while True:
            events = self.aws.pages(
                "logs", "filter_log_events", "events",
                logGroupName=name, filterPattern=" ".join(f'"{text}"' for text in texts), startTime=self._began_ms,
            )  # fmt: skip
            if lines := tuple(LogLine(_object(event["message"]), event["timestamp"]) for event in events):
                return lines
            if time.monotonic() >= deadline:
                return ()
            time.sleep(0.5)

    def audit_objects(self, payment_id: str) -> tuple[AuditObject, ...]:
        """Every audit object about a payment."""
        s3, bucket = self.aws.client("s3"), self.outputs.audit_bucket_name
        found = self.aws.pages("s3", "list_objects_v2", "Contents", Bucket=bucket, Prefix=f"audit/{payment_id}/")
        objects = []
        for key in (entry["Key"] for entry in found):
            answer = s3.get_object(Bucket=bucket, Key=key)
            text = answer["Body"].read().decode()
            objects.append(AuditObject(key, _object(text), answer.get("SSEKMSKeyId", "")))
        return tuple(objects)

    def forget_audit(self, *payment_ids: str) -> tuple[str, ...]:
        """Delete every version of test payments' audit objects.

        Returns:
            What could not be deleted, and why: a missing right must not cost the evidence that was gathered.
        """
        bucket, left = self.outputs.audit_bucket_name, []
        for payment_id in payment_ids:
            prefix = f"audit/{payment_id}/"
            try:
                versions = [
                    {"Key": version["Key"], "VersionId": version["VersionId"]}
                    for version in self.aws.pages("s3", "list_object_versions", "Versions", Bucket=bucket, Prefix=prefix)
                ]
                if versions:
                    answer = self.aws.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
                    left += [f"{error['Key']}: {error['Code']}" for error in answer.get("Errors", ())]
            except (BotoCoreError, ClientError) as error:
                left.append(f"{prefix}: {error}")
        return tuple(left)

    def ask_schema(self, **event: Any) -> dict[str, Any]:
        """Invoke the schema function, the only one that may tell about the database.

        Raises:
            FunctionError: It failed; the text is its own error.
        """
        return self.aws.invoke(self.outputs.schema_function_name, event)


def _object(text: str) -> dict[str, Any]:
    """A JSON object, or an empty one for anything else."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
