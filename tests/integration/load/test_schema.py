"""X1, A15: what the schema function does to a real PostgreSQL; the rest of it is proved in tests/unit/functions."""

from __future__ import annotations

import importlib
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib.rehearsal import database

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = Path(__file__).parents[3] / "stack/functions"
LONGER_THAN_A_READ = 4.5
"""Seconds; a read over an ordinary connection gives up after 4."""
INSERT = """
INSERT INTO payments (payment_id, fingerprint, amount, currency, merchant_id, method, correlation_id, status)
VALUES (gen_random_uuid(), '', 1, 'EUR', :merchant, 'bank_transfer', :correlation, 'pending')
"""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[database.Endpoint]:
    """A PostgreSQL of its own."""
    service = database.Service.start(tmp_path_factory.mktemp("database") / "log")
    service.wait()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in service.env.items():
            patch.setenv(name, value)
        found = database.provision("schema", "master", "password", "payments", force_ssl=True)
    yield found
    service.stop()


@pytest.fixture
def function(endpoint: database.Endpoint, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The schema function's handler, and its database."""
    monkeypatch.syspath_prepend(FUNCTIONS)
    connection, secret, shared = (importlib.import_module(f"shared.{name}") for name in ("connection", "secret", "database"))
    address = connection.Address(endpoint.host, endpoint.port, "payments", Path(endpoint.ca_bundle))
    opened = shared.Database(lambda: secret.Credentials("master", "password"), connection.connector(address, "schema"))
    return SimpleNamespace(handler=importlib.import_module("schema.handler"), database=opened)


def ask(function: SimpleNamespace, action: str) -> dict[str, Any]:
    answer: dict[str, Any] = function.handler.answer({"action": action}, function.database)
    return answer


def test_a_migration_may_take_longer_than_a_read(
    function: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = f"CREATE TABLE waited AS SELECT CAST(pg_sleep({LONGER_THAN_A_READ}) AS text)"
    files = sorted(function.handler.MIGRATIONS.glob("*.sql"))
    for path in files:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / f"{len(files) + 1:03}_slow.sql").write_text(slow, encoding="utf-8")
    monkeypatch.setattr(function.handler, "MIGRATIONS", tmp_path)
    assert ask(function, "migrate")["applied"][-1] == len(files) + 1
    assert function.database.run("SELECT count(*) FROM waited") == [[1]]
    function.database.run("DROP TABLE waited")
    function.database.run("DELETE FROM schema_migrations WHERE name = 'slow'")


def test_only_the_runbooks_own_payments_are_forgotten(function: SimpleNamespace) -> None:
    ask(function, "migrate")
    own = ("runbook-verification", f"runbook-verification-{uuid.uuid4()}")
    others = [
        ("runbook-verification", str(uuid.uuid4())),
        ("runbook-verification", "Runbook-verification-1"),
        ("merchant-1", own[1]),
    ]
    for merchant, correlation in (own, *others):
        function.database.run(INSERT, merchant=merchant, correlation=correlation)
    assert len(ask(function, "forget_test_payments")["removed"]) == 1
    left = function.database.run("SELECT merchant_id, correlation_id FROM payments")
    assert sorted(map(tuple, left)) == sorted(others)
