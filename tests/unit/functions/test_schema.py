"""X1: the rules of migrating; that the SQL itself runs is proved against a real PostgreSQL, in the rehearsal."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from schema import handler
from schema.migrate import Migration, MigrationError, load, migrate
from shared.database import Database

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = Migration(1, "one", "CREATE TABLE one ()"), Migration(2, "two", "CREATE TABLE two ()")


class Socket:
    """What pg8000 keeps its one timeout in."""

    timeout: float | None = 4.0

    def settimeout(self, seconds: float | None) -> None:
        self.timeout = seconds


class Connection:
    """A server that keeps only what was committed."""

    def __init__(self) -> None:
        self.applied: dict[int, str] = {}
        self.ran: list[str] = []
        self._pending: dict[int, str] = {}
        self._usock = Socket()
        self.closed = 0

    def run(self, sql: str, **values: Any) -> list[list[Any]]:
        statement = " ".join(sql.split())
        self.ran.append(statement)
        match statement.split()[:2]:
            case ["START", _]:
                self._pending = dict(self.applied)
            case ["INSERT", _]:
                self._pending[values["version"]] = values["checksum"]
            case ["COMMIT"]:
                self.applied = self._pending
            case ["SELECT", "version,"]:
                return [[version, checksum] for version, checksum in self._pending.items()]
            case ["CREATE", "BROKEN"]:
                raise RuntimeError(statement)
        return []

    def close(self) -> None:
        self.closed += 1


def test_each_migration_runs_once_in_a_transaction_of_its_own_under_the_lock() -> None:
    connection = Connection()
    assert migrate(connection, [ONE, TWO]) == [1, 2]
    assert migrate(connection, [ONE, TWO]) == []
    assert connection.ran.count(ONE.sql) == 1
    lock = [index for index, sql in enumerate(connection.ran) if "pg_advisory_xact_lock" in sql]
    assert [connection.ran[index - 1] for index in lock] == ["START TRANSACTION"] * 4
    assert connection.ran.index(ONE.sql) > lock[0]


def test_a_failing_migration_leaves_those_before_it() -> None:
    connection = Connection()
    with pytest.raises(RuntimeError, match="BROKEN"):
        migrate(connection, [ONE, Migration(2, "two", "CREATE BROKEN"), Migration(3, "three", "SELECT 3")])
    assert set(connection.applied) == {1}
    assert connection.ran[-1] == "ROLLBACK"


def test_an_edited_migration_is_refused() -> None:
    connection = Connection()
    migrate(connection, [ONE])
    with pytest.raises(MigrationError, match="Migration 1 was changed after it was applied"):
        migrate(connection, [Migration(1, "one", "CREATE TABLE other ()"), TWO])
    assert TWO.sql not in connection.ran


def test_a_database_that_is_ahead_is_refused() -> None:
    connection = Connection()
    migrate(connection, [ONE, TWO])
    with pytest.raises(MigrationError, match=r"has versions \[2\], this code ends at 1"):
        migrate(connection, [ONE])


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["001_one.sql", "3_three.sql"], "3_three.sql is not named like"),
        (["001_one.sql", "003_three.sql"], r"without a gap, but are \[1, 3\]"),
        (["001_one.sql", "001_other.sql"], r"but are \[1, 1\]"),
    ],
)
def test_misnumbered_files_are_refused(tmp_path: Path, files: list[str], message: str) -> None:
    for name in files:
        (tmp_path / name).write_text("SELECT 1", encoding="utf-8")
    with pytest.raises(MigrationError, match=message):
        load(tmp_path)


def test_the_function_applies_the_migrations_that_it_carries() -> None:
    connection = Connection()
    database = Database(lambda: None, lambda _credentials: connection)  # type: ignore[arg-type,return-value]  # unused
    newest = len(load(handler.MIGRATIONS))
    assert newest >= 2
    assert handler.answer({}, database) == {"applied": list(range(1, newest + 1)), "current": newest}
    assert handler.answer({"action": "migrate"}, database) == {"applied": [], "current": newest}


@pytest.mark.parametrize("text", ["SELECT 1", "CREATE BROKEN"])
def test_only_a_migration_waits_without_limit_and_its_connection_is_not_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """A question over it would hang as long as the function may run, if the server is gone."""
    opened: list[Connection] = []

    def connect(_credentials: Any) -> Connection:
        opened.append(Connection())
        return opened[-1]

    (tmp_path / "001_one.sql").write_text(text, encoding="utf-8")
    monkeypatch.setattr(handler, "MIGRATIONS", tmp_path)
    database = Database(lambda: None, connect)  # type: ignore[arg-type,return-value]  # unused
    database.run("SELECT before")
    with nullcontext() if text == "SELECT 1" else pytest.raises(RuntimeError):
        handler.answer({"action": "migrate"}, database)
    database.run("SELECT after")
    assert [connection._usock.timeout for connection in opened] == [4.0, None, 4.0]
    assert [connection.closed for connection in opened] == [1, 1, 0]
    assert text in opened[1].ran


def test_only_the_runbooks_own_payments_are_forgotten() -> None:
    """What the statement does is proved in tests/integration/load/test_schema.py."""
    asked: list[tuple[str, dict[str, Any]]] = []

    class Recorder:
        def run(self, sql: str, **values: Any) -> list[list[str]]:
            asked.append((sql, values))
            return [["b"], ["a"]]

    assert handler.answer({"action": "forget_test_payments"}, Recorder()) == {"removed": ["a", "b"]}  # type: ignore[arg-type]  # a stand-in
    [(sql, values)] = asked
    assert "starts_with(correlation_id, :correlation) AND merchant_id = :merchant" in sql
    assert values == {"merchant": "runbook-verification", "correlation": "runbook-verification-"}


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(handler.UnknownActionError, match="'drop': use migrate"):
        handler.answer({"action": "drop"}, Database(lambda: None, lambda _credentials: None))  # type: ignore[arg-type,return-value]  # unused
