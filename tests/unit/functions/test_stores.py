"""What reaches S3 and PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from payments.audit import S3AuditStore
from payments.errors import AuditStoreUnavailableError
from payments.store import PostgresStore
from payments.validate import read_payment

from .conftest import NOW, PAYMENT_ID, body


class S3:
    """A client that records what is put, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.puts: list[dict[str, Any]] = []

    def put_object(self, **request: Any) -> None:
        if self.error is not None:
            raise self.error
        self.puts.append(request)


def test_an_audit_object_is_encrypted_with_the_audit_key() -> None:
    client = S3()
    S3AuditStore(client, "bucket", "key-arn").put("audit/x.json", {"b": 1, "a": 2})
    [put] = client.puts
    assert (put["Bucket"], put["Key"], put["ContentType"]) == ("bucket", "audit/x.json", "application/json")
    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"]) == ("aws:kms", "key-arn")
    assert json.loads(put["Body"]) == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ClientError({"Error": {"Code": "SlowDown"}}, "PutObject"), "SlowDown"),
        (EndpointConnectionError(endpoint_url="https://s3"), "EndpointConnectionError"),
    ],
)
def test_an_audit_store_that_is_down_is_reported_by_code(error: Exception, code: str) -> None:
    with pytest.raises(AuditStoreUnavailableError, match=code):
        S3AuditStore(S3(error), "bucket", "key-arn").put("audit/x.json", {})


class Database:
    """Answers each statement by its first word."""

    def __init__(self, **answers: list[list[Any]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    closed = False

    def close(self) -> None:
        self.closed = True

    def run(self, sql: str, **values: Any) -> list[list[Any]]:
        word = sql.split(maxsplit=1)[0]
        self.asked.append((word, values))
        return self.answers.get(word, [])


@pytest.mark.parametrize(("status", "accepted"), [("pending", False), ("accepted", True)])
def test_begin_gives_what_is_on_record_whoever_wrote_it(status: str, accepted: bool) -> None:  # noqa: FBT001 - a case
    database = Database(SELECT=[["print", status, "earlier", NOW]])
    row = PostgresStore(database).begin(read_payment(body()), "now")  # type: ignore[arg-type]  # a stand-in
    assert (row.fingerprint, row.accepted, row.correlation_id, row.recorded_at) == ("print", accepted, "earlier", NOW)
    word, values = database.asked[0]
    assert (word, values["payment_id"], values["amount"], values["metadata"]) == ("INSERT", PAYMENT_ID, "12.50", "{}")


@pytest.mark.parametrize(("rows", "first"), [([[PAYMENT_ID]], True), ([], False)])
def test_accept_tells_whether_it_was_the_first(rows: list[list[str]], first: bool) -> None:  # noqa: FBT001 - a case
    store = PostgresStore(Database(UPDATE=rows))  # type: ignore[arg-type]  # a stand-in
    assert store.accept(PAYMENT_ID) is first


def test_a_store_closes_its_database() -> None:
    database = Database()
    PostgresStore(database).close()  # type: ignore[arg-type]  # a stand-in
    assert database.closed
