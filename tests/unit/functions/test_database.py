"""A3: the connection survives a failover, a restart and a rotated password, once each; and never tells what it knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from pg8000.exceptions import DatabaseError, InterfaceError
from shared.connection import Address
from shared.database import Database, DatabaseUnavailableError
from shared.secret import Credentials, SecretUnreadableError, secret_reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def refused(code: str) -> DatabaseError:
    return DatabaseError({"S": "FATAL", "C": code, "M": "the message quotes values"})


@dataclass
class Server:
    """A database server: who may log in, and what goes wrong next."""

    password: str = "one"
    troubles: list[Exception] = field(default_factory=list)
    logins: int = 0
    statements: list[str] = field(default_factory=list)

    def connect(self, credentials: Credentials) -> Server:
        self.logins += 1
        if credentials.password != self.password:
            raise refused("28P01")
        return self

    def run(self, sql: str, **_: Any) -> list[list[int]]:
        self.statements.append(sql)
        if self.troubles:
            raise self.troubles.pop(0)
        return [[1]]

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def secrets() -> list[str]:
    """The passwords the secret has, one reading after the other."""
    return ["one"]


@pytest.fixture
def database(server: Server, secrets: list[str]) -> Database:
    def read() -> Credentials:
        return Credentials("user", secrets.pop(0))

    return Database(read, server.connect, role="application")


def test_one_connection_and_one_reading_serve_many_statements(database: Database, server: Server) -> None:
    assert [database.run("SELECT 1") for _ in range(3)] == [[[1]]] * 3
    assert server.logins == 1
    assert server.statements == ["SET ROLE application", *["SELECT 1"] * 3]


@pytest.mark.parametrize("trouble", [InterfaceError("network error"), TimeoutError(), refused("57P01")])
def test_a_broken_connection_is_replaced_once(database: Database, server: Server, trouble: Exception) -> None:
    database.run("SELECT 1")
    server.troubles = [trouble]
    assert database.run("SELECT 2") == [[1]]
    assert server.logins == 2
    assert server.statements[-2:] == ["SET ROLE application", "SELECT 2"]


def test_a_connection_that_breaks_again_is_reported(database: Database, server: Server) -> None:
    database.run("SELECT 1")
    server.troubles = [InterfaceError("network error"), InterfaceError("network error")]
    with pytest.raises(DatabaseUnavailableError, match="InterfaceError"):
        database.run("SELECT 2")


def test_a_rotated_password_is_read_again(database: Database, server: Server, secrets: list[str]) -> None:
    database.run("SELECT 1")
    server.password, server.troubles = "two", [InterfaceError("network error")]
    secrets.append("two")
    assert database.run("SELECT 2") == [[1]]


def test_a_password_that_was_just_read_is_not_read_again(database: Database, server: Server) -> None:
    server.password = "two"
    with pytest.raises(DatabaseUnavailableError, match="28P01"):
        database.run("SELECT 1")
    assert server.logins == 1


def test_a_refused_statement_is_not_repeated_and_its_message_is_dropped(database: Database, server: Server) -> None:
    database.run("SELECT 1")
    server.troubles = [refused("42P01")]
    with pytest.raises(DatabaseUnavailableError) as caught:
        database.run("SELECT 2")
    assert str(caught.value) == "42P01"
    assert caught.value.__cause__ is None
    assert server.statements.count("SELECT 2") == 1


def test_a_connection_that_did_not_get_its_role_is_never_used(database: Database, server: Server) -> None:
    """It would still be the master user's."""
    server.troubles = [refused("22023")]
    with pytest.raises(DatabaseUnavailableError, match="22023"):
        database.run("SELECT 1")
    database.run("SELECT 1")
    assert server.statements == ["SET ROLE application", "SET ROLE application", "SELECT 1"]


@pytest.mark.parametrize("trouble", [InterfaceError("closed"), ValueError("write to closed file"), AttributeError("_sock")])
def test_a_connection_stopped_in_mid_sentence_is_forgotten_even_if_it_cannot_be_closed(
    database: Database, server: Server, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def refuse() -> None:
        raise trouble

    database.run("SELECT 1")
    monkeypatch.setattr(server, "close", refuse)
    database.close()
    database.run("SELECT 2")
    assert server.logins == 2


class SecretsManager:
    """A client that answers with a text or an error."""

    def __init__(self, answer: str | Exception) -> None:
        self._answer = answer

    def get_secret_value(self, **_: str) -> dict[str, str]:
        if isinstance(self._answer, Exception):
            raise self._answer
        return {"SecretString": self._answer}


@pytest.fixture
def read() -> Callable[[str | Exception], Credentials]:
    return lambda answer: secret_reader(SecretsManager(answer), "arn")()


def test_a_secret_is_read_and_does_not_show_itself(read: Callable[[str | Exception], Credentials]) -> None:
    credentials = read(json.dumps({"username": "user", "password": "qanary"}))
    assert credentials == Credentials("user", "qanary")
    assert "qanary" not in repr(credentials)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue"), "AccessDeniedException"),
        (ConnectTimeoutError(endpoint_url="https://secretsmanager"), "ConnectTimeoutError"),
        ('{"username": "user"}', "KeyError"),
        ("qanary is no JSON", "JSONDecodeError"),
    ],
)
def test_an_unreadable_secret_is_reported_by_code_alone(
    read: Callable[[str | Exception], Credentials], answer: str | Exception, code: str
) -> None:
    with pytest.raises(SecretUnreadableError) as caught:
        read(answer)
    assert str(caught.value) == code
    assert "qanary" not in repr(caught.value.__cause__)


def test_the_certificate_is_verified_where_there_is_a_bundle(tmp_path: Path) -> None:
    variables = {"DB_HOST": "db", "DB_PORT": "5432", "DB_NAME": "payments"}
    encrypted_only = Address.from_environment(variables)
    assert (encrypted_only.tls().check_hostname, encrypted_only.tls().verify_mode.name) == (False, "CERT_NONE")
    named = Address.from_environment({**variables, "DB_CA_BUNDLE": "ca.pem", "LAMBDA_TASK_ROOT": str(tmp_path)})
    assert named.ca_bundle == tmp_path / "ca.pem"
    with pytest.raises(FileNotFoundError):
        named.tls()
